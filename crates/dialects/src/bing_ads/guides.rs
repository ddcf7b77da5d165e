//! How programs are pointed here.

use crate::connect::{Connect, Described, Guide, Sample, Wsdl, signature};
use http::Method;

use super::operations;
use super::wire::CONTRACTS;

static GET_CUSTOMER: Sample = Sample {
    operation: "GetCustomer",
    method: Method::POST,
    path: "/Api/CustomerManagement/v11/CustomerManagementService.svc",
    headers: &[("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", "\"GetCustomer\"")],
    body: r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
  <s:Header xmlns="https://bingads.microsoft.com/Customer/v11">
    <DeveloperToken>YOUR_DEVELOPER_TOKEN</DeveloperToken>
    <Password>YOUR_SECRET</Password>
    <UserName>YOUR_NAME</UserName>
  </s:Header>
  <s:Body>
    <GetCustomerRequest xmlns="https://bingads.microsoft.com/Customer/v11">
      <CustomerId>{id}</CustomerId>
    </GetCustomerRequest>
  </s:Body>
</s:Envelope>
"#,
};

pub(super) static CONNECT: Connect = Connect {
    paths: &[
        "/Api/CustomerManagement/v11/CustomerManagementService.svc",
        "/Api/CustomerManagement/v13/CustomerManagementService.svc",
    ],
    wsdls: &[
        Wsdl {
            name: "v11",
            path: "/Api/CustomerManagement/v11/CustomerManagementService.svc?singleWsdl",
            literal: None,
        },
        Wsdl {
            name: "v13",
            path: "/Api/CustomerManagement/v13/CustomerManagementService.svc?singleWsdl",
            literal: None,
        },
    ],
    guides: GUIDES,
    sample: &GET_CUSTOMER,
    probe: &GET_CUSTOMER,
    hosts: &["clientcenter.api.bingads.microsoft.com", "clientcenter.api.sandbox.bingads.microsoft.com"],
    operations: described,
};

/// Those of both versions, each once.
fn described() -> Vec<Described> {
    let mut all: Vec<Described> = Vec::new();
    for contract in CONTRACTS {
        for operation in contract.service.operations {
            match all.iter_mut().find(|known| known.name == operation.name) {
                Some(known) => known.at = format!("{}, {}", known.at, contract.version),
                None => all.push(Described {
                    name: operation.name,
                    at: contract.version.to_owned(),
                    about: signature(operation),
                    is_offered: operations::Method::of(operation).is_ok_and(operations::Method::is_offered),
                }),
            }
        }
    }
    all
}

static GUIDES: &[Guide] = &[
    Guide {
        language: "csharp",
        code: "service.Url = \"{url}/Api/CustomerManagement/v11/CustomerManagementService.svc\";\n",
        text: "That is for a proxy made by wsdl. The vendor's SDK has its https addresses compiled in: lead its host here.\n",
    },
    Guide {
        language: "php",
        code: r#"$client = new SoapClient("{url}/Api/CustomerManagement/v11/CustomerManagementService.svc?singleWsdl");
"#,
        text: "In the vendor's SDK these are the constants of CustomerManagementServiceSettings.\n",
    },
    Guide {
        language: "python",
        code: r#"from bingads import service_info
service_info.SERVICE_INFO_DICT_V11[("customermanagement", "production")] = service_info._ServiceInfo(
    "customermanagement", "production",
    "{url}/Api/CustomerManagement/v11/CustomerManagementService.svc?singleWsdl")
"#,
        text: "Before the client is made. The SDK keeps a WSDL for a day: cache=None does not.\n",
    },
    Guide {
        language: "java",
        code: "com.microsoft.bingads.v11.customermanagement.ICustomerManagementService.url=\
               {url}/Api/CustomerManagement/v11/CustomerManagementService.svc\n",
        text: "A line of bingads.properties.\n",
    },
];
