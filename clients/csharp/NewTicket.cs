// The example of the vendor's page of the customer port's newTicket, as a program: the page leaves out where sessionKey is
// declared, and what is done with the id. It is compiled like SetCustomer.cs, without Conversion.cs.
using System;

class NewTicket {
    static int Main() {
        customer.customerService custService = new customer.customerService();
        customer.ValuePairStruct[] extraFields = new customer.ValuePairStruct[0];
        string sessionKey;
        string errorCode = custService.login("johndoe", "pw", out sessionKey);
        if (!errorCode.Equals("0")) {
            Console.WriteLine("login: " + errorCode);
            return 1;
        }
        string ticketId;
        string retVal = custService.newTicket(sessionKey, "Server error", "2", "23", "-1", extraFields, out ticketId);
        if (retVal.Equals("0"))
            Console.WriteLine("newTicket: " + ticketId);
        return retVal.Equals("0") ? 0 : 1;
    }
}
