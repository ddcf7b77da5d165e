// Calls what every.txt lists, with proxies that wsdl made, and tells what came back as the others do.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

class Every {
    static readonly Dictionary<string, string> kept = new Dictionary<string, string>();

    static object Argument(string cell, Type type) {
        cell = Regex.Replace(cell, @"\$(\w+)", name => kept[name.Groups[1].Value]);
        Match parts = Regex.Match(cell, "^([bixlr]):(.*)$");
        string rest = parts.Groups[2].Value;
        switch (parts.Groups[1].Value) {
            case "b": return rest == "true";
            case "i": return int.Parse(rest);
            case "x": return Encoding.UTF8.GetBytes(rest);
            case "l": return rest == "" ? new string[0] : rest.Split(',');
            case "r": return Rows(rest == "" ? new string[0] : rest.Split('/'), type.GetElementType());
            default: return cell;
        }
    }

    static Array Rows(string[] rows, Type type) {
        Array made = Array.CreateInstance(type, rows.Length);
        for (int at = 0; at < rows.Length; at++) {
            object row = Activator.CreateInstance(type);
            foreach (string[] member in rows[at].Split(',').Select(member => member.Split(new[] { '=' }, 2)))
                type.GetProperty(member[0]).SetValue(row, member[1], null);
            made.SetValue(row, at);
        }
        return made;
    }

    static string Shown(object value) {
        if (value == null) return "";
        if (value is string || value is int) return value.ToString();
        if (value is bool) return (bool)value ? "1" : "0";
        if (value is byte[]) return Encoding.UTF8.GetString((byte[])value);
        if (value is Array) {
            var items = ((Array)value).Cast<object>().Select(Shown).ToArray();
            return items.Length == 0 ? "" : "[" + String.Join(",", items) + "]";
        }
        var members = value.GetType().GetProperties().Where(member => !member.Name.EndsWith("Specified"));
        var sorted = members.OrderBy(member => member.Name, StringComparer.Ordinal);
        return "{" + String.Join(",", sorted.Select(member => member.Name + "=" + Shown(member.GetValue(value, null)))) + "}";
    }

    static void Main(string[] arguments) {
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true });
        string url = arguments[0];
        string scripts = url + "/scripts/SOAP?action=";
        var ports = new Dictionary<string, object> {
            { "ticket", new ticket.ticketService { Url = scripts + "ticket" } },
            { "customer", new customer.customerService { Url = scripts + "customer" } },
            { "admin", new admin.adminService { Url = scripts + "admin" } } };
        foreach (string line in File.ReadAllLines(arguments[1], Encoding.UTF8).Where(line => !line.StartsWith("#"))) {
            string[] cells = line.Split('|').Select(cell => cell.Trim()).ToArray();
            Match head = Regex.Match(cells[0], @"^(\w+)\.(\w+) ?\[?(.*?)\]?$");
            object port = ports[head.Groups[1].Value];
            MethodInfo method = port.GetType().GetMethod(head.Groups[2].Value);
            ParameterInfo[] wanted = method.GetParameters();
            var passed = new object[wanted.Length];
            int next = 1;
            for (int at = 0; at < wanted.Length; at++)
                if (!wanted[at].IsOut) passed[at] = Argument(cells[next++], wanted[at].ParameterType);
            var parts = new List<string> { Shown(method.Invoke(port, passed)) };
            for (int at = 0; at < wanted.Length; at++)
                if (wanted[at].ParameterType.IsByRef) parts.Add(Shown(passed[at]));
            int place = 0;
            foreach (string keep in head.Groups[3].Value.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries)) {
                place++;
                if (keep == "info") {
                    kept["attachmentKey"] = Regex.Match(parts[place], @"attachmentKey=(\w*)").Groups[1].Value;
                    parts[place] = parts[place].Replace(kept["attachmentKey"], "$attachmentKey");
                } else if (keep != "-") {
                    kept[keep] = parts[place];
                    parts[place] = "$" + keep;
                }
            }
            string told = head.Groups[1].Value + "." + head.Groups[2].Value + " | " + String.Join(" | ", parts);
            Console.Out.Write(told.Replace(url, "$base").TrimEnd() + "\n");
        }
    }
}
