#!/usr/bin/perl
# Everlytic over XML-RPC with one of Perl's clients, each as its manual shows it.
# perl xmlrpc_call.pl RPC::XML|Frontier|XMLRPC::Lite BASE_URL METHOD PARAMS, the parameters being a list in JSON
use strict;
use warnings;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use MIME::Base64 qw(decode_base64 encode_base64);

my ($client, $base, $method, $params) = @ARGV;
my $username = $ENV{API_USERNAME} || 'demo';
my $apikey = $ENV{API_KEY} || '0123456789abcdef0123456789ABCDEF_1';
my $url = "$base/api/2.0/xmlrpc/";
(my $url_with_name = $url) =~ s{://}{://$username:$apikey\@};

# XMLRPC::Lite wants texts as bytes, the others as characters.
my $bytes = $client eq 'XMLRPC::Lite';
my $json = JSON::PP->new->boolean_values(0, 1)->utf8(!$bytes);
my @params = @{ $json->decode($params) };
my $answer;

if ($client eq 'RPC::XML') {
    require RPC::XML::Client;
    my $rpc = RPC::XML::Client->new($url);
    $rpc->credentials('Everlytic API', $username, $apikey);
    my $response = $rpc->send_request($method, @params);
    $answer = !ref $response ? { error => $response }
        : $response->is_fault ? { fault => $response->code, message => $response->string }
        : { result => $response->value };
} elsif ($client eq 'Frontier') {
    require Frontier::Client;
    my $rpc = Frontier::Client->new(url => $url_with_name);
    my $result = eval { $rpc->call($method, map { beyond($rpc, $_) } @params) };
    $answer = $@ =~ /Fault returned from XML RPC Server, fault code (-?\d+): (.*?)( at |$)/s
        ? { fault => $1, message => $2 } : $@ ? { error => $@ } : { result => plain($result) };
} else {
    require XMLRPC::Lite;
    my $rpc = XMLRPC::Lite->proxy($url_with_name)->on_fault(sub { $_[1] });
    my $response = $rpc->call($method, @params);
    $answer = !ref $response ? { error => $rpc->transport->status }
        : $response->fault ? { fault => $response->faultcode, message => $response->faultstring }
        : { result => characters($response->result) };
}
if (defined $answer->{error}) {
    my $error = $answer->{error};
    $answer = { status => $error =~ /Unauthorized/ ? 401 : $error =~ /(\d{3})/ ? $1 : $error };
}
print JSON::PP->new->utf8->allow_blessed->encode($answer), "\n";

# Frontier can send no character beyond U+FFFF as it is.
sub beyond {
    my ($rpc, $value) = @_;
    return [map { beyond($rpc, $_) } @$value] if ref $value eq 'ARRAY';
    return { map { $_ => beyond($rpc, $value->{$_}) } keys %$value } if ref $value eq 'HASH';
    return $value =~ /[^\x{0}-\x{FFFF}]/ ? $rpc->base64(encode_base64(encode_utf8($value))) : $value;
}

# XMLRPC::Lite sends texts beyond ASCII as base64, and hands out the bytes of what comes back so.
sub characters {
    my ($value) = @_;
    return [map { characters($_) } @$value] if ref $value eq 'ARRAY';
    return { map { $_ => characters($value->{$_}) } keys %$value } if ref $value eq 'HASH';
    my $copy = $value;
    return defined $copy && utf8::decode($copy) ? $copy : $value;
}

# Frontier hands out base64, and numbers and truths, as objects.
sub plain {
    my ($value) = @_;
    return [map { plain($_) } @$value] if ref $value eq 'ARRAY';
    return { map { $_ => plain($value->{$_}) } keys %$value } if ref $value eq 'HASH';
    return decode_utf8(decode_base64($value->value)) if ref $value eq 'Frontier::RPC2::Base64';
    return ref $value ? $value->value : $value;
}
