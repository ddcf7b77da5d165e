<?php
// PHP's SoapClient against document/literal: store.php URL
ini_set('soap.wsdl_cache_enabled', '0');
function expect($is, $what) { if (!$is) { fwrite(STDERR, "wrong: $what\n"); exit(1); } }

$client = new SoapClient($argv[1] . '?singleWsdl');
$client->__setSoapHeaders([new SoapHeader('https://store.example/v1', 'Token', 't')]);
$thing = ['Name' => 'Zoë <&>', 'Id' => 7, 'Colour' => 'Blue', 'Numbers' => ['long' => [1, 2]]];
$headers = [];
$answer = $client->__soapCall('Put', [['Thing' => $thing, 'Count' => 3]], null, null, $headers);
expect($headers['TrackingId'] === 't-1', 'header');
expect($answer->Thing->Name === 'Zoë <&>' && $answer->Thing->Lid === 'red', json_encode($answer));
expect($answer->Thing->Stamp === "\x00\xff" && $answer->Thing->Id === null, 'stamp');

try {
    $client->Put(['Thing' => ['Name' => 'refused'], 'Count' => -1]);
    expect(false, 'no fault');
} catch (SoapFault $fault) {
    expect($fault->faultstring === 'Invalid data.' && $fault->detail->ApiFault->Code === '105', json_encode($fault->detail));
}
