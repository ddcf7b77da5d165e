<?php
// Everlytic, "Update the specified customer": the PHP sample, which uses the REST API.
// php update_customer.php [BASE_URL [customer_id=N] [name=value ...]]

$base = rtrim($argv[1] ?? 'http://127.0.0.1:7263', '/');
$customer_id = 7;
$properties = array();
foreach (array_slice($argv, 2) as $pair) {
    list($name, $value) = explode('=', $pair, 2);
    if ($name === 'customer_id') {
        $customer_id = $value;
    } else {
        $properties[$name] = $value;
    }
}
$json = $properties ? json_encode($properties) : '
{
"email":"info@acme.example"
}
';

$url = $base . '/api/2.0/customers/' . $customer_id;
$method = 'PUT';
$username = getenv('API_USERNAME') ?: 'demo';
$apikey = getenv('API_KEY') ?: '0123456789abcdef0123456789ABCDEF_1';

$cSession = curl_init();
$headers = array();
$auth = base64_encode($username . ':' . $apikey);
$headers[] = 'Authorization: Basic ' . $auth;
curl_setopt($cSession, CURLOPT_URL, $url);
curl_setopt($cSession, CURLOPT_RETURNTRANSFER, true);
curl_setopt($cSession, CURLOPT_HEADER, false);
curl_setopt($cSession, CURLOPT_CUSTOMREQUEST, strtoupper($method));
curl_setopt($cSession, CURLOPT_POSTFIELDS, $json);
$headers[] = 'Content-Type: application/json';
curl_setopt($cSession, CURLOPT_HTTPHEADER, $headers);
$result = curl_exec($cSession);
curl_close($cSession);
echo $result, "\n";
