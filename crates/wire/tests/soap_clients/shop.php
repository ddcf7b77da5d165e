<?php
// PHP's SoapClient against rpc/encoded: shop.php URL
ini_set('soap.wsdl_cache_enabled', '0');
function expect($is, $what) { if (!$is) { fwrite(STDERR, "wrong: $what\n"); exit(1); } }

$client = new SoapClient($argv[1] . '?wsdl', ['trace' => true]);
$pairs = [['field' => 'name', 'value' => 'Zoë <&> "x"'], ['field' => 'zip', 'value' => '02134']];
expect($client->change('k', $pairs) === '0', 'change');

$found = $client->find('k', ['a', 'b'], true, 7, "\x00\x01\xff");
expect(array_keys($found) === ['errorCode', 'rows', 'numbers', 'best', 'more', 'count', 'data', 'none'], 'parts');
$rows = array_map(fn($row) => array_map(fn($cell) => "$cell->field=$cell->value", $row), $found['rows']);
expect($rows === [['a=1', 'b=é<'], ['c=3']], json_encode($found['rows']));
expect($found['errorCode'] === '0' && $found['numbers'] === [1, -2], 'numbers');
expect($found['best']->field === 'best' && $found['best']->value === '', 'best');
expect($found['more'] === true && $found['count'] === 7 && $found['data'] === "\x00\x01\xff", 'scalars');
expect($found['none'] === [], 'none');

try {
    $client->change('bad', []);
    expect(false, 'no fault');
} catch (SoapFault $fault) {
    expect($fault->faultstring === 'the key is bad' && $fault->faultcode === 'SOAP-ENV:Client', $fault->faultstring);
}
