<?php
// A program with the WSDL of another installation: other names, other types, another namespace.
ini_set('soap.wsdl_cache_enabled', '0');
[, $base, $wsdl] = $argv;
$service = new SoapClient($wsdl, ['location' => "$base/scripts/SOAP?action=ticket", 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
['errorCode' => $code, 'sessionKey' => $key] = $service->login('egon', 'banken');
echo "login $code\n";
['errorCode' => $code, 'id' => $id] = $service->newCustomer($key);
echo "newCustomer $code ", is_int($id) && $id > 0 ? 'True' : 'False', "\n";
$values = [['fieldName' => 'name', 'fieldValue' => 'Ola Nordmann'], ['fieldName' => 'email', 'fieldValue' => 'ola@old.example']];
echo 'setCustomer ', $service->setCustomer($key, $id, $values), "\n";
$told = $service->getCustomer($key, $id, ['customer.name']);
$rows = array_map(fn($row) => "$row->field=$row->value", $told['customerResult']);
echo "getCustomer {$told['errorCode']} ", implode(',', $rows), ' ', implode(',', $told['customerEmail']), "\n";
$values[0]['fieldName'] = 'shoe_size';
echo 'setCustomer ', $service->setCustomer($key, $id, $values), "\n";
$criteria = [['field' => 'customer.id', 'op' => 'OperatorEquals', 'value' => "$id"]];
$told = $service->findCustomers($key, $criteria, ['customer.email'], '5', '', true);
echo "findCustomers {$told['errorCode']} {$told['searchResult'][0][0]->value}\n";
