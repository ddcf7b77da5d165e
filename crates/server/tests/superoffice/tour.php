<?php
// What a program does with the three ports, with a proxy made from the WSDLs. The transcript is the same in every language.
ini_set('soap.wsdl_cache_enabled', '0');
[$base, $with] = [$argv[1], $argv[2] === 'wsdl'];

function port($name) {
    global $base, $with;
    $url = "$base/scripts/SOAP?action=$name";
    $rest = ['exceptions' => true, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS];
    return $with ? new SoapClient($url, $rest) : new SoapClient(null, $rest + ['location' => $url, 'uri' => "urn:$name"]);
}

// One out parameter comes as itself, several by their names.
function call($port, $method, ...$arguments) {
    $answer = $port->__soapCall($method, $arguments);
    return is_array($answer) ? array_values($answer) : [$answer];
}

function pairs($pairs) {
    return array_map(fn($name) => ['field' => $name, 'value' => $pairs[$name]], array_keys($pairs));
}

function member($struct, $name) {
    return ((array) $struct)[$name] ?? '';
}

function results($rows) {
    return implode('|', array_map(fn($row) => member($row, 'field') . '=' . member($row, 'value'), (array) $rows));
}

$ticket = port('ticket');
[$code, $key] = call($ticket, 'login', 'egon', 'banken');
echo "login $code ", strlen($key), "\n";
$texts = ['name' => 'Blåbær Ødegård 客户 🎿', 'note' => "<b>&amp;\"quoted\" & 'single'</b>\nsecond line", 'company' => '23', 'email' => 'new@doe.example'];
[$code] = call($ticket, 'setCustomer', $key, '10', pairs($texts));
echo "setCustomer $code\n";
[$code, $rows, $emails] = call($ticket, 'getCustomer', $key, '10', ['customer.name', 'customer.note', 'customer.company']);
echo "getCustomer $code ", results($rows), ' ', implode(',', $emails), "\n";
[$code, $rows] = call($ticket, 'getCustomer', $key, '10', ['customer.shoe_size']);
echo "getCustomer $code ", count((array) $rows), "\n";
[$code] = call($ticket, 'setCustomer', $key, '10', pairs(['name' => 'Changed', 'shoe_size' => '44']));
$admin = port('admin');
echo "setCustomer $code ", call($admin, 'getErrorMessage', $key)[0], "\n";
$criteria = [['field' => 'customer.lastname', 'op' => 'OperatorEquals', 'value' => 'Doe']];
[$code, $found] = call($ticket, 'findCustomers', $key, $criteria, ['customer.id', 'customer.firstname'], '10', '', true);
echo "findCustomers $code ", implode(';', array_map('results', $found)), "\n";
[$code, $id] = call($ticket, 'newTicket', $key, 'Server down', '2', '23', '-1', '2', ['10', '11'], pairs(['ticket.x_1' => 'grave']), false);
echo "newTicket $code $id\n";
// Without a WSDL nobody tells PHP that these are bytes.
$bytes = "\x00\xff\n\x80";
$data = $with ? $bytes : new SoapVar($bytes, XSD_BASE64BINARY);
[$code, $attachment] = call($ticket, 'addAttachment', $key, 'log.bin', 'application/x-log', $data);
echo "addAttachment $code $attachment\n";
[$code, $message] = call($ticket, 'addMessage', $key, 'We look at it.', $id, '2', [$attachment], false);
echo "addMessage $code $message\n";
[$code, $rows, $info] = call($ticket, 'getMessage', $key, $message, ['message.body', 'message.author']);
echo "getMessage $code ", results($rows), ' ', member($info[0], 'attachmentName'), "\n";
[$code, $name, $type, $data] = call($ticket, 'getAttachment', $key, $attachment, member($info[0], 'attachmentKey'));
echo "getAttachment $code $name $type ", bin2hex($data), "\n";
[$code, $rows, $ids] = call($ticket, 'getTicket', $key, $id, ['ticket.title', 'ticket.cust_id', 'ticket.x_1']);
echo "getTicket $code ", results($rows), ' ', implode(',', $ids), "\n";
$criteria = [['field' => 'ticket.id', 'op' => 'OperatorIn', 'value' => "500,$id"]];
[$code, $found] = call($ticket, 'findTickets', $key, $criteria, ['ticket.id', 'ticket.title'], '10', 'ticket.id', false);
echo "findTickets $code ", implode(';', array_map('results', $found)), "\n";
[$code, $found] = call($ticket, 'findTickets', $key, [['field' => 'ticket.id', 'op' => 'OperatorGt', 'value' => '9999']], ['ticket.id'], '10', '', true);
echo "findTickets $code ", count((array) $found), "\n";
[$code, $rows] = call($ticket, 'getCategories', $key);
$category = fn($row) => implode(':', [member($row, 'id'), member($row, 'name'), member($row, 'parentId'), member($row, 'isInternal') ? 'internal' : 'external']);
echo "getCategories $code ", implode(';', array_map($category, $rows)), "\n";
[$code, $rows] = call($admin, 'getUser', $key, ['user.loginname']);
echo "getUser $code ", results($rows), "\n";
[$code] = call($ticket, 'logout', $key);
echo "logout $code\n";
[$code] = call($ticket, 'setCustomer', $key, '10', pairs(['phone' => '1']));
echo "setCustomer $code\n";

$customer = port('customer');
[$code, $key] = call($customer, 'login', 'johndoe', 'pw');
echo "customer.login $code ", strlen($key), "\n";
[$code, $id] = call($customer, 'newTicket', $key, 'Server error', '2', '23', '-1', []);
echo "customer.newTicket $code $id\n";
[$code, $message] = call($customer, 'addMessage', $key, 'It is down.', $id, '2', []);
echo "customer.addMessage $code $message\n";
[$code, $rows, $ids] = call($customer, 'getTicket', $key, $id, ['ticket.title', 'ticket.mood']);
echo "customer.getTicket $code ", results($rows), ' ', implode(',', $ids), "\n";
[$code, $found] = call($customer, 'findTickets', $key, [['field' => 'ticket.title', 'op' => 'OperatorBeginsWith', 'value' => 'server']], ['ticket.title']);
echo "customer.findTickets $code ", implode(';', array_map('results', $found)), "\n";
[$code, $rows] = call($customer, 'getPriorities', $key);
echo "customer.getPriorities $code ", implode(',', array_map(fn($row) => member($row, 'name'), $rows)), "\n";
[$code] = call($customer, 'getTicket', $key, '501', []);
echo "customer.getTicket $code ", call($customer, 'getErrorMessage', $key)[0], "\n";
