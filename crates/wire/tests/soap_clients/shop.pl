# SOAP::Lite against rpc/encoded: shop.pl URL
#
# Its stubs made from a WSDL drop array arguments, so programs with arrays name uri and proxy, as here.
use strict;
use warnings;
use utf8;
use SOAP::Lite;

my $url = shift;
my $client = SOAP::Lite->uri('urn:shop')->proxy($url)->on_fault(sub { });

my @pairs = ({ field => 'name', value => 'Zoë <&> "x"' }, { field => 'zip', value => '02134' });
my $changed = $client->call('change', 'k', \@pairs);
die 'change' unless $changed->result eq '0';

my $data = SOAP::Data->type(base64Binary => "\x00\x01\xff");
my $found = $client->call('find', 'k', ['a', 'b'], SOAP::Data->type(boolean => 'true'), 7, $data);
my ($rows, $numbers, $best, $more, $count, $bytes, $none) = $found->paramsout;
die 'find' unless $found->result eq '0';
my $shown = join '|', map { join ',', map { "$_->{field}=$_->{value}" } @$_ } @$rows;
die $shown unless $shown eq 'a=1,b=é<|c=3';
die 'numbers' unless "@$numbers" eq '1 -2';
die 'best' unless $best->{field} eq 'best' && $best->{value} eq '';
die 'scalars' unless $more eq '1' && $count == 7 && $bytes eq "\x00\x01\xff";
die 'none' unless ref $none eq 'ARRAY' && !@$none;

my $failed = $client->call('change', 'bad', []);
die 'no fault' unless $failed->fault && $failed->faultstring eq 'the key is bad' && $failed->faultcode =~ /:Client$/;

# The stub reads the WSDL.
my $stub = SOAP::Lite->service("$url?wsdl");
die 'stub' unless $stub->can('change') && $stub->can('find');
