<?php
// Bing Ads with PHP's own SOAP client. Usage: php bing_ads.php http://127.0.0.1:7263
$namespace = 'https://bingads.microsoft.com/Customer/v11';
$wsdl = rtrim($argv[1], '/') . '/Api/CustomerManagement/v11/CustomerManagementService.svc?singleWsdl';
$client = new SoapClient($wsdl, ['trace' => true, 'cache_wsdl' => WSDL_CACHE_NONE, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
// The vendor's SDK sends them all, also those that nobody has set.
$headers = ['CustomerAccountId' => '', 'CustomerId' => '', 'DeveloperToken' => 'BBD37VB98', 'UserName' => 'demo_bing',
    'Password' => 'banken', 'AuthenticationToken' => ''];
$client->__setSoapHeaders(array_map(fn ($name) => new SoapHeader($namespace, $name, $headers[$name]), array_keys($headers)));

$customer = $client->GetCustomer(['CustomerId' => 192])->Customer;
$customer->Name = 'PHP & Sønner';
$customer->ForwardCompatibilityMap = [];
echo $client->UpdateCustomer(['Customer' => $customer])->LastModifiedTime !== '' ? "updated\n" : "no time\n";
try {
    $client->UpdateCustomer(['Customer' => $customer]);
    echo "a stale TimeStamp was taken\n";
} catch (SoapFault $fault) {
    $error = $fault->detail->AdApiFaultDetail->Errors->AdApiError;
    $error = is_array($error) ? $error[0] : $error;
    echo $error->Code, ' ', $error->ErrorCode, "\n";
}
echo $client->GetCustomer(['CustomerId' => 192])->Customer->Name, "\n";
