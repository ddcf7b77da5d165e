// The example of setCustomer puts a pair of the customer port among those of the ticket port. That compiles as it is once
// the one can become the other, which the proxies' partial classes let one add beside them.
namespace ticket {
    public partial class ValuePairStruct {
        public static implicit operator ValuePairStruct(customer.ValuePairStruct pair) {
            return new ValuePairStruct { field = pair.field, value = pair.value };
        }
    }
}
