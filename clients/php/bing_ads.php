<?php
// Bing Ads with PHP's own SOAP client: every operation that works. Usage: php bing_ads.php http://127.0.0.1:7263
// It changes the demo data of a fresh server.
$namespace = 'https://bingads.microsoft.com/Customer/v11';
$entities = "$namespace/Entities";
$wsdl = rtrim($argv[1], '/') . '/Api/CustomerManagement/v11/CustomerManagementService.svc?singleWsdl';
$client = new SoapClient($wsdl, ['trace' => true, 'cache_wsdl' => WSDL_CACHE_NONE, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);

function call($operation, $arguments = [], $user = 'demo_bing')
{
    global $client, $namespace;
    // The vendor's SDK sends them all, also those that nobody has set.
    $headers = ['CustomerAccountId' => '', 'CustomerId' => '', 'DeveloperToken' => 'BBD37VB98', 'UserName' => $user,
        'Password' => 'banken', 'AuthenticationToken' => ''];
    $client->__setSoapHeaders(array_map(fn ($name) => new SoapHeader($namespace, $name, $headers[$name]), array_keys($headers)));
    return $client->$operation($arguments);
}

function check($good, $what)
{
    if (!$good) {
        echo "$what\n";
        exit(1);
    }
}

function refused($code, $operation, $arguments = [], $user = 'demo_bing')
{
    try {
        call($operation, $arguments, $user);
    } catch (SoapFault $fault) {
        $detail = $fault->detail;
        $errors = isset($detail->AdApiFaultDetail) ? $detail->AdApiFaultDetail->Errors->AdApiError : $detail->ApiFault->OperationErrors->OperationError;
        $error = is_array($errors) ? $errors[0] : $errors;
        check((int) $error->Code === $code, "$operation: $error->Code instead of $code");
        return;
    }
    check(false, "$operation was taken, instead of $code");
}

function items($list, $name)
{
    return isset($list->$name) ? $list->$name : [];
}

function predicates($field, $operator, $value)
{
    return ['Predicate' => [['Field' => $field, 'Operator' => $operator, 'Value' => $value]]];
}

function account($members)
{
    global $entities;
    return new SoapVar((object) $members, SOAP_ENC_OBJECT, 'AdvertiserAccount', $entities);
}

$page = ['Index' => 0, 'Size' => 10];

$me = call('GetUser')->User;
check($me->UserName === 'demo_bing' && call('GetCurrentUser')->User->Id == $me->Id, 'who calls');

$customer = call('GetCustomer', ['CustomerId' => 192])->Customer;
$customer->Name = 'PHP & Sønner 客户';
$customer->ForwardCompatibilityMap = [];
check(call('UpdateCustomer', ['Customer' => $customer])->LastModifiedTime !== '', 'no time');
refused(209, 'UpdateCustomer', ['Customer' => $customer]);
refused(210, 'GetCustomer', ['CustomerId' => 999999]);
$read = call('GetCustomer', ['CustomerId' => 192])->Customer;
check($read->Name === $customer->Name && $read->LastModifiedByUserId == $me->Id, 'what was updated');
$infos = items(call('GetCustomersInfo', ['CustomerNameFilter' => 'PHP', 'TopN' => 5])->CustomersInfo, 'CustomerInfo');
check(count($infos) === 1 && $infos[0]->Id == 192, 'GetCustomersInfo');
$found = call('SearchCustomers', ['Predicates' => predicates('CustomerName', 'Contains', 'Sønner'), 'PageInfo' => $page])->Customers;
check(items($found, 'Customer')[0]->Id == 192, 'SearchCustomers');
check(call('GetAccessibleCustomer', ['CustomerId' => 192])->AccessibleCustomer->Name === $customer->Name, 'GetAccessibleCustomer');
check(items(call('GetCustomerPilotFeatures', ['CustomerId' => 192])->FeaturePilotFlags, 'int') === [], 'GetCustomerPilotFeatures');
check(items(call('GetPilotFeaturesCountries')->PilotFeatures, 'PilotFeature') === [], 'GetPilotFeaturesCountries');
call('MapCustomerIdToExternalCustomerId', ['CustomerId' => 192, 'ExternalCustomerId' => 'EXT-192']);

$address = ['City' => 'Oslo', 'CountryCode' => 'NO', 'Line1' => 'Gate 1', 'PostalCode' => '0150'];
$fjord = ['CustomerAddress' => $address, 'Industry' => 'Retail', 'MarketCountry' => 'NO', 'MarketLanguage' => 'Norwegian', 'Name' => 'Fjord'];
$sign_up = ['Customer' => $fjord, 'Account' => account(['CurrencyType' => 'NorwegianKrone', 'Name' => 'Fjord ads']), 'ParentCustomerId' => 192];
refused(1001, 'SignupCustomer', $sign_up);
$made = call('SignupCustomer', $sign_up, 'demo_reseller');
check($made->CustomerNumber === "C$made->CustomerId", 'SignupCustomer');

$account = call('GetAccount', ['AccountId' => $made->AccountId])->Account;
check($account->Name === 'Fjord ads' && $account->ParentCustomerId == $made->CustomerId, 'GetAccount');
$changed = account(['Id' => $account->Id, 'Name' => 'Søk', 'TimeStamp' => $account->TimeStamp]);
call('UpdateAccount', ['Account' => $changed]);
refused(209, 'UpdateAccount', ['Account' => $changed]);
call('MapAccountIdToExternalAccountIds', ['AccountId' => $account->Id, 'ExternalAccountIds' => ['string' => ['E1', 'E2']]]);
$infos = items(call('GetAccountsInfo', ['CustomerId' => $made->CustomerId, 'OnlyParentAccounts' => false])->AccountsInfo, 'AccountInfo');
check(count($infos) === 1 && $infos[0]->Name === 'Søk', 'GetAccountsInfo');
$infos = items(call('FindAccounts', ['AccountFilter' => 'sø', 'TopN' => 5])->AccountsInfo, 'AccountInfo');
check($infos[0]->Id == $account->Id, 'FindAccounts');
$rows = items(call('FindAccountsOrCustomersInfo', ['Filter' => 'Søk', 'TopN' => 5])->AccountInfoWithCustomerData, 'AccountInfoWithCustomerData');
check($rows[0]->CustomerName === 'Fjord', 'FindAccountsOrCustomersInfo');
$found = call('SearchAccounts', ['Predicates' => predicates('AccountId', 'Equals', (string) $account->Id), 'PageInfo' => $page])->Accounts;
check(items($found, 'Account')[0]->Name === 'Søk', 'SearchAccounts');
$more = account(['CurrencyType' => 'Euro', 'Name' => 'More ads', 'ParentCustomerId' => $made->CustomerId]);
$added = call('AddAccount', ['Account' => $more], 'demo_manager');
$stamp = call('GetAccount', ['AccountId' => $added->AccountId])->Account->TimeStamp;
call('DeleteAccount', ['AccountId' => $added->AccountId, 'TimeStamp' => $stamp], 'demo_manager');
check(call('GetAccount', ['AccountId' => $added->AccountId])->Account->AccountLifeCycleStatus === 'Inactive', 'DeleteAccount');
$stamp = call('GetCustomer', ['CustomerId' => $made->CustomerId])->Customer->TimeStamp;
call('DeleteCustomer', ['CustomerId' => $made->CustomerId, 'TimeStamp' => $stamp], 'demo_manager');
check(call('GetCustomer', ['CustomerId' => $made->CustomerId])->Customer->CustomerLifeCycleStatus === 'Inactive', 'DeleteCustomer');

$invitation = ['FirstName' => 'Grace', 'LastName' => 'Hopper', 'Email' => 'grace@example.com', 'CustomerId' => 192, 'Role' => 'StandardUser'];
$invited = call('SendUserInvitation', ['UserInvitation' => $invitation])->UserInvitationId;
$found = items(call('SearchUserInvitations', ['Predicates' => predicates('CustomerId', 'Equals', '192')])->UserInvitations, 'UserInvitation');
check(count($found) === 1 && $found[0]->Id == $invited && $found[0]->Email === 'grace@example.com', 'SearchUserInvitations');
$infos = items(call('GetUsersInfo', ['CustomerId' => 192, 'StatusFilter' => 'Pending'])->UsersInfo, 'UserInfo');
check(count($infos) === 1 && $infos[0]->Id == $invited, 'GetUsersInfo');
$grace = call('GetUser', ['UserId' => $invited])->User;
$grace->JobTitle = 'Admiral';
call('UpdateUser', ['User' => $grace]);
call('UpdateUserRoles', ['CustomerId' => 192, 'UserId' => $invited, 'NewRoleId' => 100], 'demo_reseller');
refused(209, 'DeleteUser', ['UserId' => $invited, 'TimeStamp' => $grace->TimeStamp]);
$grace = call('GetUser', ['UserId' => $invited])->User;
check($grace->JobTitle === 'Admiral', 'UpdateUser');
call('DeleteUser', ['UserId' => $invited, 'TimeStamp' => $grace->TimeStamp]);
check(call('GetUser', ['UserId' => $invited])->User->UserLifeCycleStatus === 'Deleted', 'DeleteUser');
refused(204, 'AddClientLinks');
echo "done\n";
