//! How programs in four languages are pointed here.

use crate::connect::Guide;

/// A guide a language.
pub static GUIDES: &[Guide] = &[
    Guide {
        language: "csharp",
        text: r#"1  Keep your generated proxy. Set its address before the first call, or in app.config:
     ticketService.Url = "{url}/scripts/SOAP?action=ticket";
   (action=customer and action=admin likewise)
2  Give the program an agent to sign in as (the vendor lets administrators only):
     samerow user add username=egon role=admin dialects=superoffice --password-stdin
3  A new proxy, if you must:
     wsdl "{url}/scripts/SOAP?action=ticket"                                 rpc/encoded, as the old one
     dotnet-svcutil "{url}/scripts/SOAP?action=ticket&style=literal"         document/literal
"#,
    },
    Guide {
        language: "php",
        text: r#"1  $client = new SoapClient("{url}/scripts/SOAP?action=ticket");
   or, with the WSDL that you have:
     new SoapClient("ticket.wsdl", ["location" => "{url}/scripts/SOAP?action=ticket"]);
2  $told = $client->login("egon", "...");   // $told["errorCode"] is "0", $told["sessionKey"] the key
"#,
    },
    Guide {
        language: "perl",
        text: r#"1  use SOAP::Lite;
   my $client = SOAP::Lite->uri("urn:ticket")->proxy("{url}/scripts/SOAP?action=ticket");
2  my $told = $client->login("egon", "...");   # $told->result is "0", ($told->paramsout)[0] the key
   Not by ->service(WSDL): that drops arrays which are sent.
"#,
    },
    Guide {
        language: "python",
        text: r#"1  from zeep import Client
   client = Client("{url}/scripts/SOAP?action=ticket")
2  told = client.service.login("egon", "...")   # told.errorCode is "0", told.sessionKey the key
   Lists are sent as {"item": [...]}; with &style=literal as {"string": [...]} and the like.
"#,
    },
];
