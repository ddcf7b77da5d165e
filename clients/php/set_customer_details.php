<?php
// Trackfinity, "Set Customer Details": the PHP sample.
// php set_customer_details.php [BASE_URL [name=value ...]]

$base = rtrim($argv[1] ?? 'http://127.0.0.1:7263', '/');
$data = array(
    'customer_id' => 191,
    'firstname' => 'Test',
    'zip' => '66666',
    'email' => 'test@testmail.com',
    'country' => 'US',
);
if ($argc > 2) {
    $data = array();
    foreach (array_slice($argv, 2) as $pair) {
        list($name, $value) = explode('=', $pair, 2);
        $data[$name] = $value;
    }
}

$headers = array(
    'api-key: ' . (getenv('API_KEY') ?: '44b5498dbcb481a0d00b404c0169af62'),
    'api-username: ' . (getenv('API_USERNAME') ?: 'tf_admin'),
);

$curl = curl_init();
curl_setopt($curl, CURLOPT_CUSTOMREQUEST, 'PATCH');
curl_setopt($curl, CURLOPT_HTTPHEADER, $headers);
curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
curl_setopt($curl, CURLOPT_POSTFIELDS, http_build_query($data));
curl_setopt($curl, CURLOPT_URL, $base . '/api/customer/set_customer_details');

$resp = curl_exec($curl);
var_dump(json_decode($resp, true));
curl_close($curl);
