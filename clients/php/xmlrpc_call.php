<?php
// Everlytic over XML-RPC with PHP's extension.
// php xmlrpc_call.php BASE_URL METHOD PARAMS, the parameters being a list in JSON

list(, $base, $method, $params) = $argv;
$username = getenv('API_USERNAME') ?: 'demo';
$apikey = getenv('API_KEY') ?: '0123456789abcdef0123456789ABCDEF_1';

// Without the encoding each byte of UTF-8 is sent as a character of its own.
$options = array('encoding' => 'utf-8', 'escaping' => 'markup');
$request = xmlrpc_encode_request($method, json_decode($params, true), $options);
$context = stream_context_create(array('http' => array(
    'method' => 'POST',
    'header' => array('Content-Type: text/xml', 'Authorization: Basic ' . base64_encode($username . ':' . $apikey)),
    'content' => $request,
)));
$answer = @file_get_contents(rtrim($base, '/') . '/api/2.0/xmlrpc/', false, $context);
if ($answer === false) {
    preg_match('/ (\d+)/', $http_response_header[0], $status);
    echo json_encode(array('status' => (int) $status[1])), "\n";
    exit;
}
$result = xmlrpc_decode($answer, 'utf-8');
if (is_array($result) && xmlrpc_is_fault($result)) {
    echo json_encode(array('fault' => $result['faultCode'], 'message' => $result['faultString'])), "\n";
} else {
    echo json_encode(array('result' => $result)), "\n";
}
