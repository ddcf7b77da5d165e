/* A proxy that gSOAP's wsdl2h and soapcpp2 made, against rpc/encoded: shop URL */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "soapH.h"
#include "shopServiceBinding.nsmap"

static void expect(int holds, const char *what, struct soap *soap) {
    if (holds) return;
    fprintf(stderr, "wrong: %s\n", what);
    if (soap->error) soap_print_fault(soap, stderr);
    exit(1);
}

int main(int count, char **arguments) {
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING);
    const char *url = arguments[count - 1];
    char *code = NULL;

    struct ns1__ValuePair name = {"name", "Zoë <&> \"x\""}, zip = {"zip", "02134"};
    struct ns1__ValuePair *pairs[] = {&name, &zip};
    struct ArrayOfValuePair values = {pairs, 2};
    int status = soap_call_ns1__change(soap, url, NULL, "k", &values, &code);
    expect(status == SOAP_OK && code && !strcmp(code, "0"), "change", soap);

    char *texts[] = {"a", "b"};
    struct ArrayOfstring names = {texts, 2};
    struct xsd__base64Binary data = {(unsigned char *)"\0\1\xff", 3};
    struct ns1__findResponse found;
    status = soap_call_ns1__find(soap, url, NULL, "k", &names, xsd__boolean__true_, 7, data, &found);
    expect(status == SOAP_OK && !strcmp(found.errorCode, "0"), "find", soap);
    expect(found.rows && found.rows->__size == 2, "rows", soap);
    struct ArrayOfValuePair **rows = found.rows->__ptritem;
    expect(rows[0]->__size == 2 && rows[1]->__size == 1, "cells", soap);
    expect(!strcmp(rows[0]->__ptritem[1]->value, "é<") && !strcmp(rows[1]->__ptritem[0]->field, "c"), "texts", soap);
    expect(found.numbers->__size == 2 && found.numbers->__ptritem[1] == -2, "numbers", soap);
    expect(!strcmp(found.best->field, "best") && !*found.best->value, "best", soap);
    expect(found.more && found.count == 7, "scalars", soap);
    expect(found.data.__size == 3 && !memcmp(found.data.__ptr, "\0\1\xff", 3), "data", soap);
    expect(found.none && found.none->__size == 0, "none", soap);

    struct ArrayOfValuePair none = {NULL, 0};
    status = soap_call_ns1__change(soap, url, NULL, "bad", &none, &code);
    expect(status != SOAP_OK && !strcmp(*soap_faultstring(soap), "the key is bad"), "fault", soap);
    expect(!strcmp(*soap_faultcode(soap), "SOAP-ENV:Client"), "faultcode", soap);
    return 0;
}
