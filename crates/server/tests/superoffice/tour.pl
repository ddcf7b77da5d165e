# What a program does with the three ports, with SOAP::Lite. The transcript is the same in every language.
use strict;
use warnings;
use utf8;
use SOAP::Lite;

binmode STDOUT, ':utf8';
$| = 1;
my $base = shift;

sub port {
    my $name = shift;
    my $fault = sub { my ($soap, $answer) = @_; die ref $answer ? $answer->faultstring : $soap->transport->status };
    return SOAP::Lite->uri("urn:$name")->proxy("$base/scripts/SOAP?action=$name")->on_fault($fault);
}

sub call {
    my ($port, $method, @arguments) = @_;
    my $answer = $port->call($method, @arguments);
    return ($answer->result, $answer->paramsout);
}

sub pairs {
    my @pairs;
    while (my ($field, $value) = splice @_, 0, 2) { push @pairs, { field => $field, value => $value } }
    return \@pairs;
}

sub criteria { return [{ field => $_[0], op => $_[1], value => $_[2] }] }

sub results { return join '|', map { my $value = $_->{value} // ''; "$_->{field}=$value" } @{ $_[0] || [] } }

sub flag { return SOAP::Data->type(boolean => $_[0] ? 'true' : 'false') }

my ($ticket, $admin, $customer) = map { port($_) } qw(ticket admin customer);
my ($code, $key) = call($ticket, 'login', 'egon', 'banken');
print "login $code ", length $key, "\n";
my $note = "<b>&amp;\"quoted\" & 'single'</b>\nsecond line";
my $changes = pairs(name => 'Blåbær Ødegård 客户 🎿', note => $note, company => 23, email => 'new@doe.example');
($code) = call($ticket, 'setCustomer', $key, 10, $changes);
print "setCustomer $code\n";
($code, my $rows, my $emails) = call($ticket, 'getCustomer', $key, 10, ['customer.name', 'customer.note', 'customer.company']);
print "getCustomer $code ", results($rows), ' ', join(',', @$emails), "\n";
($code, $rows) = call($ticket, 'getCustomer', $key, 10, ['customer.shoe_size']);
print "getCustomer $code ", scalar @$rows, "\n";
($code) = call($ticket, 'setCustomer', $key, 10, pairs(name => 'Changed', shoe_size => 44));
my ($message) = call($admin, 'getErrorMessage', $key);
print "setCustomer $code $message\n";
($code, my $found) = call($ticket, 'findCustomers', $key, criteria('customer.lastname', 'OperatorEquals', 'Doe'),
    ['customer.id', 'customer.firstname'], 10, '', flag(1));
print "findCustomers $code ", join(';', map { results($_) } @$found), "\n";
($code, my $id) = call($ticket, 'newTicket', $key, 'Server down', 2, 23, -1, 2, [10, 11], pairs('ticket.x_1' => 'grave'), flag(0));
print "newTicket $code $id\n";
my $data = SOAP::Data->type(base64Binary => "\x00\xff\n\x80");
($code, my $attachment) = call($ticket, 'addAttachment', $key, 'log.bin', 'application/x-log', $data);
print "addAttachment $code $attachment\n";
($code, $message) = call($ticket, 'addMessage', $key, 'We look at it.', $id, 2, [$attachment], flag(0));
print "addMessage $code $message\n";
($code, $rows, my $info) = call($ticket, 'getMessage', $key, $message, ['message.body', 'message.author']);
print "getMessage $code ", results($rows), " $info->[0]{attachmentName}\n";
($code, my $name, my $type, $data) = call($ticket, 'getAttachment', $key, $attachment, $info->[0]{attachmentKey});
print "getAttachment $code $name $type ", unpack('H*', $data), "\n";
($code, $rows, my $ids) = call($ticket, 'getTicket', $key, $id, ['ticket.title', 'ticket.cust_id', 'ticket.x_1']);
print "getTicket $code ", results($rows), ' ', join(',', @$ids), "\n";
($code, $found) = call($ticket, 'findTickets', $key, criteria('ticket.id', 'OperatorIn', "500,$id"),
    ['ticket.id', 'ticket.title'], 10, 'ticket.id', flag(0));
print "findTickets $code ", join(';', map { results($_) } @$found), "\n";
($code, $found) = call($ticket, 'findTickets', $key, criteria('ticket.id', 'OperatorGt', '9999'), ['ticket.id'], 10, '', flag(1));
print "findTickets $code ", scalar @{ $found || [] }, "\n";
($code, $rows) = call($ticket, 'getCategories', $key);
my $shown = sub { my $row = shift; join ':', @$row{qw(id name parentId)}, $row->{isInternal} =~ /^(1|true)$/ ? 'internal' : 'external' };
print "getCategories $code ", join(';', map { $shown->($_) } @$rows), "\n";
($code, $rows) = call($admin, 'getUser', $key, ['user.loginname']);
print "getUser $code ", results($rows), "\n";
($code) = call($ticket, 'logout', $key);
print "logout $code\n";
($code) = call($ticket, 'setCustomer', $key, 10, pairs(phone => '1'));
print "setCustomer $code\n";

($code, $key) = call($customer, 'login', 'johndoe', 'pw');
print "customer.login $code ", length $key, "\n";
($code, $id) = call($customer, 'newTicket', $key, 'Server error', 2, 23, -1, []);
print "customer.newTicket $code $id\n";
($code, $message) = call($customer, 'addMessage', $key, 'It is down.', $id, 2, []);
print "customer.addMessage $code $message\n";
($code, $rows, $ids) = call($customer, 'getTicket', $key, $id, ['ticket.title', 'ticket.mood']);
print "customer.getTicket $code ", results($rows), ' ', join(',', @$ids), "\n";
($code, $found) = call($customer, 'findTickets', $key, criteria('ticket.title', 'OperatorBeginsWith', 'server'), ['ticket.title']);
print "customer.findTickets $code ", join(';', map { results($_) } @$found), "\n";
($code, $rows) = call($customer, 'getPriorities', $key);
print "customer.getPriorities $code ", join(',', map { $_->{name} } @$rows), "\n";
($code) = call($customer, 'getTicket', $key, 501, []);
($message) = call($customer, 'getErrorMessage', $key);
print "customer.getTicket $code $message\n";
