<?php
// PHP's SoapClient without a WSDL, against rpc/encoded: shop_without_wsdl.php URL
//
// Parameters have no names then, and associative arrays are maps.
function expect($is, $what) { if (!$is) { fwrite(STDERR, "wrong: $what\n"); exit(1); } }

$client = new SoapClient(null, ['location' => $argv[1], 'uri' => 'urn:anything']);
$pairs = [['field' => 'name', 'value' => 'Zoë <&> "x"'], ['value' => '02134', 'field' => 'zip']];
expect($client->change('k', $pairs) === '0', 'change');

$data = new SoapVar("\x00\x01\xff", XSD_BASE64BINARY);
$found = $client->find('k', ['a', 'b'], true, 7, $data);
$rows = array_map(fn($row) => array_map(fn($cell) => "$cell->field=$cell->value", $row), $found['rows']);
expect($rows === [['a=1', 'b=é<'], ['c=3']], json_encode($found));
expect($found['numbers'] === [1, -2] && $found['more'] === true && $found['data'] === "\x00\x01\xff", 'parts');

try {
    $client->change('bad', []);
    expect(false, 'no fault');
} catch (SoapFault $fault) {
    expect($fault->faultstring === 'the key is bad', $fault->faultstring);
}
