// What a C++ shop would build for the same call: gSOAP, rpc/encoded setCustomer, a thread for each
// connection, one SQLite connection behind a mutex, one durable transaction a request.
// Usage: gsoap_server PORT DIR CUSTOMERS
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>

#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "soapH.h"
#include "yardstick.nsmap"

namespace {

const std::unordered_set<std::string> sessions{"0123456789abcdef0123456789abcdef"};
const std::unordered_set<std::string> columns{"firstname", "lastname", "phone", "cellphone", "note"};
const int first_id = 1001;

class Store {
public:
    Store(const std::string &path, int customers) {
        check(sqlite3_open(path.c_str(), &db));
        run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536");
        run("CREATE TABLE customer (id INTEGER PRIMARY KEY, updated_at INTEGER, firstname, lastname, email, phone,"
            " cellphone, address1, city, country, zip, note)");
        const std::string end = std::to_string(first_id + customers - 1);
        run("WITH RECURSIVE n(i) AS (VALUES(" + std::to_string(first_id) + ") UNION ALL SELECT i+1 FROM n WHERE i<" + end +
            ") INSERT INTO customer SELECT i, 0, 'First'||i, 'Last'||i, 'c'||i||'@example.com', '+47 55 '||i, '',"
            " 'Street '||i, 'Oslo', 'NO', '0150', 'seeded' FROM n");
        run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    // False if there is no such customer; returns once the change is on disk.
    bool set(sqlite3_int64 id, const ArrayOfValuePairStruct &pairs) {
        std::string sql = "UPDATE customer SET updated_at = unixepoch()";
        for (int i = 0; i < pairs.__size; i++) sql += ", " + pairs.__ptr[i].field + " = ?";
        sql += " WHERE id = ?";
        std::lock_guard<std::mutex> alone(mutex);
        sqlite3_stmt *&update = prepared[sql];
        if (!update) check(sqlite3_prepare_v2(db, sql.c_str(), -1, &update, nullptr));
        int at = 1;
        for (int i = 0; i < pairs.__size; i++) {
            const std::string &value = pairs.__ptr[i].value;
            check(sqlite3_bind_text(update, at++, value.data(), static_cast<int>(value.size()), SQLITE_STATIC));
        }
        check(sqlite3_bind_int64(update, at, id));
        const int outcome = sqlite3_step(update);
        const int changed = sqlite3_changes(db);
        sqlite3_reset(update);
        if (outcome != SQLITE_DONE) check(outcome);
        return changed == 1;
    }

private:
    void check(int code) {
        if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db));
    }
    void run(const std::string &sql) { check(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr)); }

    sqlite3 *db = nullptr;
    std::mutex mutex;
    std::unordered_map<std::string, sqlite3_stmt *> prepared;
};

Store *store;

void serve(struct soap *connection) {
    const int yes = 1;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    soap_serve(connection);
    soap_destroy(connection);
    soap_end(connection);
    soap_free(connection);
}

}  // namespace

int ticket__setCustomer(struct soap *soap, std::string sessionKey, std::string customerId,
                        ArrayOfValuePairStruct customerValues, std::string &errorCode) {
    if (!sessions.count(sessionKey)) {
        errorCode = "5";
        return SOAP_OK;
    }
    for (int i = 0; i < customerValues.__size; i++) {
        if (!columns.count(customerValues.__ptr[i].field)) {
            errorCode = "17";
            return SOAP_OK;
        }
    }
    try {
        errorCode = store->set(std::strtoll(customerId.c_str(), nullptr, 10), customerValues) ? "0" : "31";
        return SOAP_OK;
    } catch (const std::exception &error) {
        return soap_receiver_fault(soap, error.what(), nullptr);
    }
}

int main(int argc, char **argv) try {
    if (argc != 4) throw std::runtime_error("usage: gsoap_server PORT DIR CUSTOMERS");
    signal(SIGPIPE, SIG_IGN);
    Store opened(std::string(argv[2]) + "/gsoap.db", std::stoi(argv[3]));
    store = &opened;
    struct soap *listener = soap_new1(SOAP_IO_KEEPALIVE | SOAP_C_UTFSTRING);
    listener->bind_flags = SO_REUSEADDR;
    listener->max_keep_alive = 0x7fffffff;
    listener->recv_timeout = 120;
    if (!soap_valid_socket(soap_bind(listener, "127.0.0.1", std::stoi(argv[1]), 1024))) {
        soap_print_fault(listener, stderr);
        return 1;
    }
    for (;;)
        if (soap_valid_socket(soap_accept(listener))) std::thread(serve, soap_copy(listener)).detach();
} catch (const std::exception &error) {
    std::cerr << "gsoap_server: " << error.what() << '\n';
    return 1;
}
