//gsoap ticket service name: yardstick
//gsoap ticket service protocol: SOAP
//gsoap ticket service style: rpc
//gsoap ticket service encoding: encoded
//gsoap ticket service namespace: urn:ticket
#import "stl.h"

class ticket__ValuePairStruct {
public:
    std::string field;
    std::string value;
};

class ArrayOfValuePairStruct {
public:
    ticket__ValuePairStruct *__ptr;
    int __size;
};

int ticket__setCustomer(std::string sessionKey, std::string customerId, ArrayOfValuePairStruct customerValues,
                        std::string &errorCode);
