<?php
// Calls what every.txt lists, with SoapClient, and tells what came back as the others do.
ini_set('soap.wsdl_cache_enabled', '0');
[, $base, $style, $listed] = $argv;
$with = $style === 'wsdl';
$kept = [];

function port($name) {
    global $base, $with;
    $url = "$base/scripts/SOAP?action=$name";
    $rest = ['exceptions' => true, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS];
    return $with ? new SoapClient($url, $rest) : new SoapClient(null, $rest + ['location' => $url, 'uri' => "urn:$name"]);
}

function argument($cell) {
    global $kept, $with;
    $cell = preg_replace_callback('/\$(\w+)/', fn($name) => $kept[$name[1]], $cell);
    [$kind, $rest] = explode(':', $cell, 2) + [1 => ''];
    $rows = fn($separator) => $rest === '' ? [] : explode($separator, $rest);
    $row = function ($row) {
        $members = [];
        foreach (explode(',', $row) as $member) {
            [$name, $value] = explode('=', $member, 2);
            $members[$name] = $value;
        }
        return $members;
    };
    return match ($kind) {
        'b' => $rest === 'true',
        'i' => (int) $rest,
        // Without a WSDL nobody tells PHP that these are bytes.
        'x' => $with ? $rest : new SoapVar($rest, XSD_BASE64BINARY),
        'l' => $rows(','),
        'r' => array_map($row, $rows('/')),
        default => $cell,
    };
}

function shown($value) {
    if (is_object($value)) {
        $members = (array) $value;
        ksort($members, SORT_STRING);
        return '{' . implode(',', array_map(fn($name) => "$name=" . shown($members[$name]), array_keys($members))) . '}';
    }
    if (is_array($value)) {
        return $value ? '[' . implode(',', array_map('shown', $value)) . ']' : '';
    }
    return is_bool($value) ? (string) (int) $value : (string) $value;
}

$ports = ['ticket' => port('ticket'), 'customer' => port('customer'), 'admin' => port('admin')];
foreach (file($listed, FILE_IGNORE_NEW_LINES) as $line) {
    if (str_starts_with($line, '#')) {
        continue;
    }
    $cells = array_map('trim', explode('|', $line));
    [$name, $keeps] = explode(' ', array_shift($cells), 2) + [1 => ''];
    [$where, $method] = explode('.', $name);
    $answer = $ports[$where]->__soapCall($method, array_map('argument', $cells));
    $parts = array_map('shown', is_array($answer) ? array_values($answer) : [$answer]);
    foreach (array_filter(explode(' ', trim($keeps, '[]'))) as $place => $keep) {
        if ($keep === 'info') {
            preg_match('/attachmentKey=(\w*)/', $parts[$place + 1], $found);
            $kept['attachmentKey'] = $found[1];
            $parts[$place + 1] = str_replace($found[1], '$attachmentKey', $parts[$place + 1]);
        } elseif ($keep !== '-') {
            $kept[$keep] = $parts[$place + 1];
            $parts[$place + 1] = "\$$keep";
        }
    }
    echo str_replace($base, '$base', rtrim(implode(' | ', [$name, ...$parts]))), "\n";
}
