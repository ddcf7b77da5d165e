// The example of the vendor's page of setCustomer, as a program. The proxies are those that wsdl makes:
//
//   wsdl /namespace:ticket   /out:ticket.cs   'http://127.0.0.1:7263/scripts/SOAP?action=ticket'
//   wsdl /namespace:customer /out:customer.cs 'http://127.0.0.1:7263/scripts/SOAP?action=customer'
//   mcs -r:System.Web.Services SetCustomer.cs Conversion.cs ticket.cs customer.cs && mono SetCustomer.exe
using System;

class SetCustomer {
    static int Main() {
        ticket.ticketService ticketService = new ticket.ticketService();
        string sessionKey;
        string errorCode = ticketService.login("egon", "banken", out sessionKey);
        string customerId = "10";
        if (!errorCode.Equals("0")) {
            Console.WriteLine("login: " + errorCode);
            return 1;
        }
        ticket.ValuePairStruct[] customerValues = new ticket.ValuePairStruct[2];
        customerValues[0] = new ticket.ValuePairStruct();
        customerValues[0].field = "name";
        customerValues[0].value = "Johnny X";
        // The page takes the struct of the other port here: see Conversion.cs.
        customerValues[1] = new customer.ValuePairStruct();
        customerValues[1].field = "company";
        customerValues[1].value = "23";
        string ret = ticketService.setCustomer(sessionKey, customerId, customerValues);
        Console.WriteLine("setCustomer: " + ret);
        return ret.Equals("0") ? 0 : 1;
    }
}
