// A proxy that Mono's wsdl made, against rpc/encoded: shop.exe URL
using System;
using System.Web.Services.Protocols;

class Shop {
    static void Expect(bool holds, string what) {
        if (!holds) { Console.Error.WriteLine("wrong: " + what); Environment.Exit(1); }
    }

    static ValuePair Pair(string field, string value) {
        ValuePair pair = new ValuePair();
        pair.field = field;
        pair.value = value;
        return pair;
    }

    static void Main(string[] arguments) {
        shopService shop = new shopService();
        shop.Url = arguments[0];
        ValuePair[] pairs = new ValuePair[] { Pair("name", "Zoë <&> \"x\""), Pair("zip", "02134") };
        string code = shop.change("k", pairs);
        Expect(code == "0", "change");

        ValuePair[][] rows; int[] numbers; ValuePair best; bool more; int count; byte[] back; string[] none;
        byte[] data = new byte[] { 0, 1, 255 };
        code = shop.find("k", new string[] { "a", "b" }, true, 7, ref data, out rows, out numbers, out best, out more,
            out count, out none);
        back = data;
        Expect(code == "0" && rows.Length == 2 && rows[0].Length == 2 && rows[1].Length == 1, "rows");
        Expect(rows[0][1].field == "b" && rows[0][1].value == "é<" && rows[1][0].value == "3", "cells");
        Expect(numbers.Length == 2 && numbers[1] == -2 && best.field == "best" && best.value == "", "numbers, best");
        Expect(more && count == 7 && back.Length == 3 && back[2] == 255 && none.Length == 0, "scalars");

        try {
            shop.change("bad", new ValuePair[0]);
            Expect(false, "no fault");
        } catch (SoapException fault) {
            Expect(fault.Message == "the key is bad" && fault.Code.Name == "Client", fault.Message);
        }
    }
}
