# Calls what every.txt lists, with SOAP::Lite, and tells what came back as the others do.
use strict;
use warnings;
use utf8;
use Scalar::Util 'reftype';
use SOAP::Lite;

binmode STDOUT, ':utf8';
$| = 1;
my ($base, $listed) = @ARGV;
my (%ports, %kept);
for my $name (qw(ticket customer admin)) {
    my $fault = sub { my ($soap, $answer) = @_; die ref $answer ? $answer->faultstring : $soap->transport->status };
    $ports{$name} = SOAP::Lite->uri("urn:$name")->proxy("$base/scripts/SOAP?action=$name")->on_fault($fault);
}

sub argument {
    my $cell = shift;
    $cell =~ s/\$(\w+)/$kept{$1}/g;
    my ($kind, $rest) = $cell =~ /^([bixlr]):(.*)$/ or return SOAP::Data->type(string => $cell);
    return SOAP::Data->type(boolean => $rest) if $kind eq 'b';
    return SOAP::Data->type(int => $rest) if $kind eq 'i';
    return SOAP::Data->type(base64Binary => $rest) if $kind eq 'x';
    return [split /,/, $rest] if $kind eq 'l';
    return [map { my %row = map { my ($name, $value) = split /=/, $_, 2; ($name => $value) } split /,/; \%row } split m{/}, $rest];
}

sub shown {
    my $value = shift;
    return '' unless defined $value;
    return @$value ? '[' . join(',', map { shown($_) } @$value) . ']' : '' if (reftype($value) // '') eq 'ARRAY';
    return '{' . join(',', map { "$_=" . shown($value->{$_}) } sort keys %$value) . '}' if ref $value;
    return $value eq 'true' ? 1 : $value eq 'false' ? 0 : $value;
}

open my $file, '<:utf8', $listed or die $!;
while (my $line = <$file>) {
    chomp $line;
    next if $line =~ /^#/;
    my ($head, @cells) = map { s/^\s+|\s+$//gr } split /\|/, "$line ";
    my ($name, $keeps) = split / /, $head, 2;
    my ($where, $method) = split /\./, $name;
    my $answer = $ports{$where}->call($method, map { argument($_) } @cells);
    my @parts = map { shown($_) } ($answer->result, $answer->paramsout);
    my $place = 0;
    for my $keep (split ' ', ($keeps // '') =~ tr/[]//dr) {
        $place++;
        if ($keep eq 'info') {
            ($kept{attachmentKey}) = $parts[$place] =~ /attachmentKey=(\w*)/;
            $parts[$place] =~ s/\Q$kept{attachmentKey}\E/\$attachmentKey/;
        } elsif ($keep ne '-') {
            $kept{$keep} = $parts[$place];
            $parts[$place] = "\$$keep";
        }
    }
    my $told = join(' | ', $name, @parts) =~ s/\Q$base\E/\$base/gr =~ s/\s+$//r;
    print "$told\n";
}
