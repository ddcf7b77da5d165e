// Bing Ads with a proxy that Java's `wsimport` makes of the WSDL: the way from a customer that is read to one that is
// changed, both kinds of faults, and an account of the derived type.
// Usage: java Tour ADDRESS-OF-THE-SERVICE. It changes the demo data of a fresh server.
import https.adapi_microsoft.AdApiError;
import https.bingads_microsoft_com.customer.v11.*;
import https.bingads_microsoft_com.customer.v11.entities.*;
import java.net.URL;
import java.util.Arrays;
import javax.xml.ws.Holder;

public class Tour {
    static final String PROGRAM = "BBD37VB98", PASSWORD = "banken", USER = "demo_bing";
    static ICustomerManagementService client;

    static void check(boolean good, String what) {
        if (good) return;
        System.out.println(what);
        System.exit(1);
    }

    static Customer get(long id) throws Exception {
        GetCustomerRequest request = new GetCustomerRequest();
        request.setCustomerId(id);
        Holder<String> tracking = new Holder<>();
        Customer customer = client.getCustomer(request, null, null, PROGRAM, PASSWORD, USER, tracking).getCustomer();
        check(tracking.value != null && !tracking.value.isEmpty(), "TrackingId");
        return customer;
    }

    static UpdateCustomerResponse update(Customer customer, String user) throws Exception {
        UpdateCustomerRequest request = new UpdateCustomerRequest();
        request.setCustomer(customer);
        return client.updateCustomer(request, null, null, PROGRAM, PASSWORD, user, new Holder<>());
    }

    static void customers() throws Exception {
        Customer customer = get(192);
        customer.setName("Java & Sønner 客户");
        customer.getCustomerAddress().setCity("Tromsø");
        check(update(customer, USER).getLastModifiedTime().getYear() >= 2026, "LastModifiedTime");
        Customer read = get(192);
        check(read.getName().equals(customer.getName()) && read.getCustomerAddress().getCity().equals("Tromsø"), "what was updated");
        check(!Arrays.equals(read.getTimeStamp(), customer.getTimeStamp()), "TimeStamp");
        try {
            update(customer, USER);
            check(false, "a stale TimeStamp was taken");
        } catch (ICustomerManagementServiceUpdateCustomerAdApiFaultDetailFaultFaultMessage fault) {
            AdApiError error = fault.getFaultInfo().getErrors().getAdApiError().get(0);
            check(error.getCode() == 209 && error.getErrorCode().equals("TimestampNotMatch"), "not 209");
            check(!fault.getFaultInfo().getTrackingId().isEmpty(), "TrackingId of the fault");
        }
        try {
            DeleteCustomerRequest delete = new DeleteCustomerRequest();
            delete.setCustomerId(192L);
            delete.setTimeStamp(read.getTimeStamp());
            client.deleteCustomer(delete, null, null, PROGRAM, PASSWORD, USER, new Holder<>());
            check(false, "deleted by whom this is not allowed");
        } catch (ICustomerManagementServiceDeleteCustomerApiFaultFaultMessage fault) {
            check(fault.getFaultInfo().getOperationErrors().getOperationError().get(0).getCode() == 1001, "not 1001");
        }
    }

    static void accounts() throws Exception {
        AdvertiserAccount account = new AdvertiserAccount();
        account.setName("Ads of Java");
        account.setParentCustomerId(192L);
        account.setCurrencyType(CurrencyType.EURO);
        AddAccountRequest add = new AddAccountRequest();
        add.setAccount(account);
        long id = client.addAccount(add, null, null, PROGRAM, PASSWORD, "demo_manager", new Holder<>()).getAccountId();
        GetAccountRequest request = new GetAccountRequest();
        request.setAccountId(id);
        Account read = client.getAccount(request, null, null, PROGRAM, PASSWORD, USER, new Holder<>()).getAccount();
        check(read instanceof AdvertiserAccount && read.getName().equals(account.getName()), "the account");
    }

    public static void main(String[] args) throws Exception {
        CustomerManagementService service = new CustomerManagementService(new URL(args[0] + "?wsdl"));
        client = service.getBasicHttpBindingICustomerManagementService();
        customers();
        accounts();
        System.out.println("done");
    }
}
