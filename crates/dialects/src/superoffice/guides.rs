//! How programs are pointed here.

use crate::connect::{Connect, Described, Guide, Sample, Wsdl, signature};
use http::Method;

use super::operations::PORTS;

static LOGIN: Sample = Sample {
    operation: "login",
    method: Method::POST,
    path: "/scripts/SOAP?action=ticket",
    headers: &[("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", "\"\"")],
    body: r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
  <s:Body>
    <t:login xmlns:t="urn:ticket">
      <userName>YOUR_NAME</userName>
      <password>YOUR_SECRET</password>
    </t:login>
  </s:Body>
</s:Envelope>
"#,
};

const fn wsdl(name: &'static str, path: &'static str, literal: &'static str) -> Wsdl {
    Wsdl { name, path, literal: Some(literal) }
}

pub(super) static CONNECT: Connect = Connect {
    paths: &["/scripts/SOAP?action=ticket", "/scripts/SOAP?action=customer", "/scripts/SOAP?action=admin"],
    wsdls: &[
        wsdl("ticket", "/scripts/SOAP?action=ticket", "/scripts/SOAP?action=ticket&style=literal"),
        wsdl("customer", "/scripts/SOAP?action=customer", "/scripts/SOAP?action=customer&style=literal"),
        wsdl("admin", "/scripts/SOAP?action=admin", "/scripts/SOAP?action=admin&style=literal"),
    ],
    guides: GUIDES,
    sample: &LOGIN,
    probe: &LOGIN,
    hosts: &[],
    operations,
};

fn operations() -> Vec<Described> {
    let of_port = |port: &&'static super::operations::Port| {
        let methods = port.service.operations.iter().zip(port.methods);
        let described = methods.map(|(operation, method)| Described {
            name: operation.name,
            at: port.name.to_owned(),
            about: signature(operation),
            is_offered: method.is_offered(),
        });
        described.collect::<Vec<_>>()
    };
    PORTS.iter().flat_map(of_port).collect()
}

static GUIDES: &[Guide] = &[
    Guide {
        language: "csharp",
        code: "ticketService.Url = \"{url}/scripts/SOAP?action=ticket\";\n",
        text: r#"1  Keep your generated proxy. Set its address before the first call, or in app.config
   (action=customer and action=admin likewise).
2  Give the program an agent to sign in as (the vendor lets administrators only):
     samerow user add username=egon role=admin dialects=superoffice --password-stdin
3  A new proxy, if you must:
     wsdl "{url}/scripts/SOAP?action=ticket"                                 rpc/encoded, as the old one
     dotnet-svcutil "{url}/scripts/SOAP?action=ticket&style=literal"         document/literal
"#,
    },
    Guide {
        language: "php",
        code: r#"$client = new SoapClient("{url}/scripts/SOAP?action=ticket");
$told = $client->login("YOUR_NAME", "YOUR_SECRET");
echo $told["errorCode"], "\n";   // "0"; $told["sessionKey"] is the key
"#,
        text: r#"With the WSDL that you have:
     new SoapClient("ticket.wsdl", ["location" => "{url}/scripts/SOAP?action=ticket"]);
"#,
    },
    Guide {
        language: "perl",
        code: r#"use SOAP::Lite;
my $client = SOAP::Lite->uri("urn:ticket")->proxy("{url}/scripts/SOAP?action=ticket");
my $told = $client->login("YOUR_NAME", "YOUR_SECRET");
print $told->result, "\n";   # "0"; ($told->paramsout)[0] is the key
"#,
        text: "Not by ->service(WSDL): that drops arrays which are sent.\n",
    },
    Guide {
        language: "python",
        code: r#"from zeep import Client
client = Client("{url}/scripts/SOAP?action=ticket")
told = client.service.login("YOUR_NAME", "YOUR_SECRET")
print(told.errorCode)   # "0"; told.sessionKey is the key
"#,
        text: "Lists are sent as {\"item\": [...]}; with &style=literal as {\"string\": [...]} and the like.\n",
    },
];
