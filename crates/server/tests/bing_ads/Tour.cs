// Bing Ads with a proxy that .NET's `wsdl` makes of the WSDL: every operation that works.
// Usage: Tour.exe ADDRESS-OF-THE-SERVICE. It changes the demo data of a fresh server.
using System;
using System.Linq;
using System.Net;
using System.Web.Services.Protocols;
using System.Xml;

class Tour {
    static CustomerManagementService client;

    static CustomerManagementService As(string user) {
        client.UserName = new string4 { Text = new[] { user } };
        return client;
    }

    static void Check(bool good, string what) {
        if (good) return;
        Console.WriteLine(what);
        Environment.Exit(1);
    }

    static void Refused(string code, string what, Action call) {
        try { call(); }
        catch (SoapException fault) {
            var codes = fault.Detail.SelectNodes("//*[local-name()='Code']").Cast<XmlNode>();
            Check(codes.Any(found => found.InnerText == code), what + ": not " + code + " but " + fault.Detail.InnerXml);
            return;
        }
        Check(false, what + " was taken, instead of " + code);
    }

    static Predicate[] Is(string field, string value) {
        return new[] { new Predicate { Field = field, Operator = PredicateOperator.Equals, OperatorSpecified = true, Value = value } };
    }

    static Customer GetCustomer(long id) { return As("demo_bing").GetCustomer(id, true); }

    static Account GetAccount(long id) { return As("demo_bing").GetAccount(id, true); }

    static User GetUser(long? id) {
        int[] roles; long[] accounts, customers;
        return As("demo_bing").GetUser(id, id.HasValue, out roles, out accounts, out customers);
    }

    static void Customers(long me) {
        DateTime time; bool known;
        Customer customer = GetCustomer(192);
        customer.Name = ".NET & Sønner 客户";
        client.UpdateCustomer(customer, out time, out known);
        Check(known && time.Year >= 2026, "LastModifiedTime");
        Refused("209", "UpdateCustomer", () => client.UpdateCustomer(customer, out time, out known));
        Refused("210", "GetCustomer", () => GetCustomer(999999));
        Customer read = GetCustomer(192);
        Check(read.Name == customer.Name && read.LastModifiedByUserId == me, "what was updated");
        Check(client.GetCustomersInfo(".NET", 5, true, ApplicationType.Advertiser, true).Single().Id == 192, "GetCustomersInfo");
        var page = new Paging { Index = 0, IndexSpecified = true, Size = 10, SizeSpecified = true };
        Customer[] found = client.SearchCustomers(ApplicationType.Advertiser, true, Is("CustomerId", "192"), null, null, page);
        Check(found.Single().Name == customer.Name, "SearchCustomers");
        int fields;
        Check(client.GetAccessibleCustomer(192, true, out fields, out known).Name == customer.Name, "GetAccessibleCustomer");
        Check(client.GetCustomerPilotFeatures(192, true).Length == 0, "GetCustomerPilotFeatures");
        Check(client.GetPilotFeaturesCountries().Length == 0, "GetPilotFeaturesCountries");
        client.MapCustomerIdToExternalCustomerId(192, true, "EXT-192");
    }

    static long SignUp(out long account) {
        var address = new Address { City = "Oslo", CountryCode = "NO", Line1 = "Gate 1", PostalCode = "0150" };
        var fjord = new Customer { CustomerAddress = address, Industry = Industry.Retail, IndustrySpecified = true, MarketCountry = "NO",
            MarketLanguage = LanguageType.Norwegian, MarketLanguageSpecified = true, Name = "Fjord" };
        long id, parent = 192; long? made; bool known; string number; DateTime time;
        var ads = new AdvertiserAccount { CurrencyType = CurrencyType.NorwegianKrone, CurrencyTypeSpecified = true, Name = "Fjord ads" };
        Refused("1001", "SignupCustomer", () => As("demo_bing").SignupCustomer(fjord, ads, parent, true, ApplicationType.Advertiser, true,
            out id, out known, out number, out made, out known, out number, out time, out known));
        As("demo_reseller").SignupCustomer(fjord, ads, parent, true, ApplicationType.Advertiser, true,
            out id, out known, out number, out made, out known, out number, out time, out known);
        Check(number.StartsWith("X"), "SignupCustomer");
        account = made.Value;
        return id;
    }

    static void Accounts(long customer, long id) {
        DateTime time; bool known; string number; long added;
        Account account = GetAccount(id);
        Check(account is AdvertiserAccount && account.Name == "Fjord ads" && account.ParentCustomerId == customer, "GetAccount");
        account.Name = "Søk";
        client.UpdateAccount(account, out time, out known);
        Refused("209", "UpdateAccount", () => client.UpdateAccount(account, out time, out known));
        client.MapAccountIdToExternalAccountIds(id, true, new[] { "E1", "E2" });
        Check(client.GetAccountsInfo(customer, true, false, true).Single().Name == "Søk", "GetAccountsInfo");
        Check(client.FindAccounts(customer, true, "sø", 5, true, null, false).Single().Id == id, "FindAccounts");
        Check(client.FindAccountsOrCustomersInfo("Søk", 5, true, null, false).Single().CustomerName == "Fjord", "FindAccountsOrCustomersInfo");
        var page = new Paging { Index = 0, IndexSpecified = true, Size = 10, SizeSpecified = true };
        Check(client.SearchAccounts(Is("AccountId", id.ToString()), null, page).Single().Name == "Søk", "SearchAccounts");
        var more = new AdvertiserAccount { CurrencyType = CurrencyType.Euro, CurrencyTypeSpecified = true, Name = "More ads",
            ParentCustomerId = customer, ParentCustomerIdSpecified = true };
        As("demo_manager").AddAccount(more, out added, out known, out number, out time, out known);
        byte[] stamp = GetAccount(added).TimeStamp;
        As("demo_manager").DeleteAccount(added, true, stamp);
        Check(GetAccount(added).AccountLifeCycleStatus == AccountLifeCycleStatus.Inactive, "DeleteAccount");
        stamp = GetCustomer(customer).TimeStamp;
        As("demo_manager").DeleteCustomer(customer, true, stamp);
        Check(GetCustomer(customer).CustomerLifeCycleStatus == CustomerLifeCycleStatus.Inactive, "DeleteCustomer");
    }

    static void Users() {
        DateTime time; bool known; long id;
        var invitation = new UserInvitation { FirstName = "Grace", LastName = "Hopper", Email = "grace@example.com", CustomerId = 192,
            CustomerIdSpecified = true, Role = UserRole.StandardUser, RoleSpecified = true };
        As("demo_bing").SendUserInvitation(invitation, out id, out known);
        Check(client.SearchUserInvitations(Is("CustomerId", "192")).Single().Email == "grace@example.com", "SearchUserInvitations");
        Check(client.GetUsersInfo(192, true, UserLifeCycleStatus.Pending, true).Single().Id == id, "GetUsersInfo");
        User grace = GetUser(id);
        grace.JobTitle = "Admiral";
        client.UpdateUser(grace, out time, out known);
        As("demo_reseller").UpdateUserRoles(192, true, id, true, 100, true, null, null, null, false, null, null, out time, out known);
        Refused("209", "DeleteUser", () => As("demo_bing").DeleteUser(id, true, grace.TimeStamp));
        grace = GetUser(id);
        Check(grace.JobTitle == "Admiral", "UpdateUser");
        client.DeleteUser(id, true, grace.TimeStamp);
        Check(GetUser(id).UserLifeCycleStatus == UserLifeCycleStatus.Deleted, "DeleteUser");
    }

    static int Main(string[] args) {
        ServicePointManager.SecurityProtocol = SecurityProtocolType.Tls12;
        WebRequest.DefaultWebProxy = null;
        client = new CustomerManagementService { Url = args[0], DeveloperToken = new string2 { Text = new[] { "BBD37VB98" } },
            Password = new string3 { Text = new[] { "banken" } } };
        User me = GetUser(null);
        Check(me.UserName == "demo_bing" && client.GetCurrentUser().Id == me.Id, "who calls");
        Check(client.TrackingId != null && client.TrackingId.Text.Length == 1, "TrackingId");
        Customers(me.Id.Value);
        long account, customer = SignUp(out account);
        Accounts(customer, account);
        Users();
        PartialErrors();
        Console.WriteLine("done");
        return 0;
    }

    static void PartialErrors() {
        OperationError[][] partial;
        Refused("204", "AddClientLinks", () => client.AddClientLinks(null, out partial));
    }
}
