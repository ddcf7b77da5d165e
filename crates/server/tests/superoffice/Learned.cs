// A program whose proxy was made from the WSDL of another installation: other names, other types, another namespace.
using System;
using System.Linq;

class Learned {
    static void Main(string[] arguments) {
        var service = new old.RequestService { Url = arguments[0] + "/scripts/SOAP?action=ticket" };
        string key, email;
        int id;
        old.ResultStruct[] rows;
        string[] emails;
        Console.WriteLine("login " + service.login("egon", "banken", out key));
        Console.WriteLine("newCustomer " + service.newCustomer(key, out id) + " " + (id > 0));
        var values = new[] { new old.FieldValue { fieldName = "name", fieldValue = "Ola Nordmann" },
            new old.FieldValue { fieldName = "email", fieldValue = "ola@old.example" } };
        Console.WriteLine("setCustomer " + service.setCustomer(key, id, values));
        string code = service.getCustomer(key, id, new[] { "customer.name" }, out rows, out emails);
        email = String.Join(",", emails);
        Console.WriteLine("getCustomer " + code + " " + String.Join(",", rows.Select(row => row.field + "=" + row.value)) + " " + email);
        values[0].fieldName = "shoe_size";
        Console.WriteLine("setCustomer " + service.setCustomer(key, id, values));
        old.ResultStruct[][] found;
        var criteria = new[] { new old.CriteriaStruct { field = "customer.id", op = "OperatorEquals", value = id.ToString() } };
        code = service.findCustomers(key, criteria, new[] { "customer.email" }, "5", "", true, out found);
        Console.WriteLine("findCustomers " + code + " " + found[0][0].value);
    }
}
