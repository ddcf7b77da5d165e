// What a program does with the three ports, with proxies that wsdl made. The transcript is the same in every language.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

class Tour {
    static ticket.ValuePairStruct Pair(string field, string value) {
        return new ticket.ValuePairStruct { field = field, value = value };
    }

    static ticket.CriteriaStruct[] Criteria(string field, string op, string value) {
        return new[] { new ticket.CriteriaStruct { field = field, op = op, value = value } };
    }

    static string Results(ticket.ResultStruct[] rows) {
        return String.Join("|", rows.Select(row => row.field + "=" + row.value));
    }

    static string Results(customer.ResultStruct[] rows) {
        return String.Join("|", rows.Select(row => row.field + "=" + row.value));
    }

    static void Say(params object[] words) {
        Console.Out.Write(String.Join(" ", words) + "\n");
    }

    static void Main(string[] arguments) {
        Console.SetOut(new System.IO.StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true });
        string scripts = arguments[0] + "/scripts/SOAP?action=";
        var tickets = new ticket.ticketService { Url = scripts + "ticket" };
        var administration = new admin.adminService { Url = scripts + "admin" };
        var customers = new customer.customerService { Url = scripts + "customer" };

        string key, id, attachment, message, name, type;
        ticket.ResultStruct[] rows;
        ticket.ResultStruct[][] found;
        string code = tickets.login("egon", "banken", out key);
        Say("login", code, key.Length);
        string note = "<b>&amp;\"quoted\" & 'single'</b>\nsecond line";
        code = tickets.setCustomer(key, "10", new[] {
            Pair("name", "Blåbær Ødegård 客户 🎿"), Pair("note", note), Pair("company", "23"), Pair("email", "new@doe.example") });
        Say("setCustomer", code);
        string[] emails;
        code = tickets.getCustomer(key, "10", new[] { "customer.name", "customer.note", "customer.company", null }, out rows, out emails);
        Say("getCustomer", code, Results(rows), String.Join(",", emails));
        code = tickets.getCustomer(key, "10", new[] { "customer.shoe_size" }, out rows, out emails);
        Say("getCustomer", code, rows.Length);
        code = tickets.setCustomer(key, "10", new[] { Pair("name", "Changed"), Pair("shoe_size", "44") });
        Say("setCustomer", code, administration.getErrorMessage(key));
        code = tickets.findCustomers(key, Criteria("customer.lastname", "OperatorEquals", "Doe"),
            new[] { "customer.id", "customer.firstname" }, "10", "", true, out found);
        Say("findCustomers", code, String.Join(";", found.Select(Results)));
        code = tickets.newTicket(key, "Server down", "2", "23", "-1", "2", new[] { "10", "11" },
            new[] { Pair("ticket.x_1", "grave") }, false, out id);
        Say("newTicket", code, id);
        code = tickets.addAttachment(key, "log.bin", "application/x-log", new byte[] { 0, 255, 10, 128 }, out attachment);
        Say("addAttachment", code, attachment);
        code = tickets.addMessage(key, "We look at it.", id, "2", new[] { attachment }, false, out message);
        Say("addMessage", code, message);
        ticket.AttachmentInfoStruct[] info;
        code = tickets.getMessage(key, message, new[] { "message.body", "message.author" }, out rows, out info);
        Say("getMessage", code, Results(rows), info[0].attachmentName);
        byte[] data;
        code = tickets.getAttachment(key, attachment, info[0].attachmentKey, out name, out type, out data);
        Say("getAttachment", code, name, type, BitConverter.ToString(data).Replace("-", "").ToLower());
        int[] ids;
        code = tickets.getTicket(key, id, new[] { "ticket.title", "ticket.cust_id", "ticket.x_1" }, out rows, out ids);
        Say("getTicket", code, Results(rows), String.Join(",", ids));
        code = tickets.findTickets(key, Criteria("ticket.id", "OperatorIn", "500," + id), new[] { "ticket.id", "ticket.title" },
            "10", "ticket.id", false, out found);
        Say("findTickets", code, String.Join(";", found.Select(Results)));
        code = tickets.findTickets(key, Criteria("ticket.id", "OperatorGt", "9999"), new[] { "ticket.id" }, "10", "", true, out found);
        Say("findTickets", code, found.Length);
        ticket.CategoryStruct[] categories;
        code = tickets.getCategories(key, out categories);
        var shown = categories.Select(row =>
            row.id + ":" + row.name + ":" + row.parentId + ":" + (row.isInternal ? "internal" : "external"));
        Say("getCategories", code, String.Join(";", shown));
        admin.ResultStruct[] user;
        code = administration.getUser(key, new[] { "user.loginname" }, out user);
        Say("getUser", code, user[0].field + "=" + user[0].value);
        Say("logout", tickets.logout(key));
        Say("setCustomer", tickets.setCustomer(key, "10", new[] { Pair("phone", "1") }));

        code = customers.login("johndoe", "pw", out key);
        Say("customer.login", code, key.Length);
        code = customers.newTicket(key, "Server error", "2", "23", "-1", new customer.ValuePairStruct[0], out id);
        Say("customer.newTicket", code, id);
        code = customers.addMessage(key, "It is down.", id, "2", new string[0], out message);
        Say("customer.addMessage", code, message);
        customer.ResultStruct[] own;
        customer.ResultStruct[][] others;
        string[] messages;
        code = customers.getTicket(key, id, new[] { "ticket.title", "ticket.mood" }, out own, out messages);
        Say("customer.getTicket", code, Results(own), String.Join(",", messages));
        var criteria = new[] { new customer.CriteriaStruct { field = "ticket.title", op = "OperatorBeginsWith", value = "server" } };
        code = customers.findTickets(key, criteria, new[] { "ticket.title" }, out others);
        Say("customer.findTickets", code, String.Join(";", others.Select(Results)));
        customer.PriorityStruct[] priorities;
        code = customers.getPriorities(key, out priorities);
        Say("customer.getPriorities", code, String.Join(",", priorities.Select(row => row.name)));
        code = customers.getTicket(key, "501", new string[0], out own, out messages);
        Say("customer.getTicket", code, customers.getErrorMessage(key));
    }
}
