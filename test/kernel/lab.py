#!/usr/bin/env python3
"""A network of namespaces from a plan, and what the kernel does with packets in it.

Reads a plan (JSON) on standard input, builds its hosts and wires, loads each node's rules with the real
iptables-restore, starts servers, sends packets and writes what became of each as JSON to standard output: the
result, the server that answered, the source address it saw, and every line of the TRACE target. Needs root. All
namespaces are made here and taken away at the end; no packet leaves them.
"""
import ctypes
import errno
import json
import os
import re
import selectors
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
NETLINK_NETFILTER, SUBSYS_ULOG, MSG_PACKET, MSG_CONFIG = 12, 4, 0, 1
NFULA_MARK, NFULA_PAYLOAD, NFULA_PREFIX = 2, 9, 10
SO_RCVBUFFORCE = 33
NUMBERS = {"tcp": 6, "udp": 17, "sctp": 132}
TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ, SEND_QUEUE = 19, 20, 21, 2
libc = ctypes.CDLL(None, use_errno=True)


def run(*words, stdin=None, check=True):
    done = subprocess.run(words, input=stdin, text=True, capture_output=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done


class Namespaces:
    """Names of the namespaces, and stepping into one and back."""

    def __init__(self):
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.prefix = f"k8snet{os.getpid()}x"
        self.names = {}
        self.fds = {}

    def add(self, host):
        name = f"{self.prefix}{len(self.names)}"
        run("ip", "netns", "add", name)
        self.names[host] = name
        self.fds[host] = os.open(f"/run/netns/{name}", os.O_RDONLY)
        return name

    def _set(self, fd):
        if libc.setns(fd, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def inside(self, host, action):
        self._set(self.fds[host])
        try:
            return action()
        finally:
            self._set(self.home)

    def remove(self):
        for fd in self.fds.values():
            os.close(fd)
        for name in self.names.values():
            run("ip", "netns", "delete", name, check=False)


def write(path, value):
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(str(value))
    except OSError:
        pass  # a kernel without this switch does not need it


class Lab:
    def __init__(self, plan):
        self.plan = plan
        self.v6 = plan["family"] == 6
        self.spaces = Namespaces()
        self.links = 0
        self.batches = {}

    def ip(self, host, *words):
        """Queues an `ip` command for a host's namespace; they run in one process a host."""
        self.batches.setdefault(host, []).append(" ".join(words))

    def flush(self):
        for host, lines in self.batches.items():
            name = self.spaces.names[host]
            run("ip", "-n", name, "-batch", "-", stdin="\n".join(lines) + "\n")
        self.batches = {}

    def build(self):
        hosts = {host["name"]: host for host in self.plan["hosts"]}
        for name in hosts:
            self.spaces.add(name)
            self.ip(name, "link set lo up")
        for name, host in hosts.items():
            self.spaces.inside(name, lambda host=host: self.switches(host))
        self.flush()
        for segment in self.plan["segments"]:
            self.wire(segment, hosts)
            self.flush()
        for host in self.plan["hosts"]:
            self.addresses(host)
        self.flush()
        for host in self.plan["hosts"]:
            self.rules(host)

    def switches(self, host):
        v4, v6 = "/proc/sys/net/ipv4", "/proc/sys/net/ipv6"
        for where in ("all", "default"):
            write(f"{v4}/conf/{where}/rp_filter", 0)
            write(f"{v4}/conf/{where}/send_redirects", 0)
            write(f"{v4}/conf/{where}/route_localnet", 1 if host["routeLocalnet"] else 0)
            write(f"{v6}/conf/{where}/accept_dad", 0)
            write(f"{v6}/conf/{where}/dad_transmits", 0)
            write(f"{v6}/conf/{where}/accept_ra", 0)
            write(f"{v6}/conf/{where}/forwarding", 1 if host["kind"] == "node" else 0)
            write(f"{v6}/conf/{where}/disable_ipv6", 0 if self.v6 else 1)
        write(f"{v4}/ip_forward", 1 if host["kind"] == "node" else 0)
        write(f"{v4}/icmp_ratelimit", 0)
        # Otherwise bursts of rejected packets go without an answer: the limit is the whole machine's.
        write(f"{v4}/icmp_ratemask", 0)
        write(f"{v6}/icmp/ratelimit", 0)
        write(f"{v6}/icmp/ratemask", "\n")
        write("/proc/sys/net/bridge/bridge-nf-call-iptables", 1)
        write("/proc/sys/net/bridge/bridge-nf-call-ip6tables", 1)
        write(f"{v4}/neigh/default/unres_qlen", 1000)
        for protocol in (2, 10):
            write(f"/proc/sys/net/netfilter/nf_log/{protocol}", "nfnetlink_log")

    def wire(self, segment, hosts):
        """A segment: a bridge in a node, a cable between two hosts, or a switch of its own."""
        ends = [
            (host, device)
            for host in hosts.values()
            for device in host["interfaces"]
            if device["segment"] == segment["name"]
        ]
        bridge = segment.get("bridge")
        if bridge is not None:
            self.ip(bridge["host"], f"link add {bridge['device']} type bridge forward_delay 0")
            self.ip(bridge["host"], f"link set {bridge['device']} up")
            for host, device in ends:
                if host["name"] != bridge["host"]:
                    self.port(bridge["host"], bridge["device"], host["name"], device["name"], True)
        elif len(ends) == 2:
            (one, a), (other, b) = ends
            peer = self.spaces.names[other["name"]]
            self.ip(one["name"], f"link add {a['name']} type veth peer name {b['name']} netns {peer}")
        else:
            switch = f"switch {segment['name']}"
            self.spaces.add(switch)
            self.ip(switch, "link add br0 type bridge forward_delay 0")
            self.ip(switch, "link set br0 up")
            self.spaces.inside(switch, lambda: write("/proc/sys/net/bridge/bridge-nf-call-iptables", 0))
            self.spaces.inside(switch, lambda: write("/proc/sys/net/bridge/bridge-nf-call-ip6tables", 0))
            for host, device in ends:
                self.port(switch, "br0", host["name"], device["name"], False)

    def port(self, at, bridge, host, device, hairpin):
        self.links += 1
        port = f"port{self.links}"
        self.ip(at, f"link add {port} type veth peer name {device} netns {self.spaces.names[host]}")
        self.ip(at, f"link set {port} master {bridge} up")
        if hairpin:
            self.ip(at, f"link set {port} type bridge_slave hairpin on")

    def addresses(self, host):
        for device in host["interfaces"]:
            self.ip(host["name"], f"link set {device['name']} up")
            for address in device["addresses"]:
                flags = " nodad" if ":" in address else ""
                # Routes are stated one by one: an address brings none of its own.
                self.ip(host["name"], f"addr add {address} dev {device['name']} noprefixroute{flags}")
        for route in sorted(host["routes"], key=lambda route: "via" in route):
            via = f" via {route['via']} onlink" if "via" in route else ""
            self.ip(host["name"], f"route replace {route['destination']} dev {route['device']}{via}")

    def rules(self, host):
        if host.get("rules") is not None:
            self.load(host["name"], host["rules"])

    def load(self, node, text):
        name = self.spaces.names[node]
        for account in set(re.findall(r"--nfacct-name +(\S+)", text)):
            run("ip", "netns", "exec", name, "nfacct", "add", account, check=False)
        command = "ip6tables-legacy-restore" if self.v6 else "iptables-legacy-restore"
        run("ip", "netns", "exec", name, command, stdin=text)
        if self.plan["trace"]:
            run("ip", "netns", "exec", name, command, "--noflush", stdin=self.tracing())

    def tracing(self):
        """TRACE for the packets that open a connection: SYN, a datagram of the length we send, SCTP INIT."""
        length = self.datagram_length()
        lines = ["*raw"]
        for chain in ("PREROUTING", "OUTPUT"):
            lines.append(f"-A {chain} -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TRACE")
            lines.append(f"-A {chain} -p udp -m length --length {length} -j TRACE")
            lines.append(f"-A {chain} -p sctp -j TRACE")
        return "\n".join([*lines, "COMMIT", ""])

    def datagram_length(self):
        return (40 if self.v6 else 20) + 8 + len(question(0))


def question(serial):
    return b"k8snet-question-%08d" % serial


def number(serial):
    """What a TCP or SCTP packet begins its connection with: its initial sequence number or initiate tag."""
    return 0x10000000 + serial * 0x40


def identity(protocol, serial):
    """What every line about a packet has in common, whatever NAT makes of its addresses and ports.

    Known before it is sent: ports would not do, since a port that masquerading picks at random may be another
    packet's own.
    """
    if protocol == "udp":
        return NUMBERS[protocol], question(serial)
    return NUMBERS[protocol], struct.pack("!I", number(serial))


def with_number(client, serial):
    """Sets the sequence number a TCP client begins with (TCP_REPAIR; kernels without it pick one themselves)."""
    try:
        client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, SEND_QUEUE)
        client.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ, struct.pack("I", number(serial)))
    finally:
        client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, -1)


class TraceLog:
    """The lines of TRACE in one namespace, by nfnetlink_log group 0."""

    def __init__(self, v6):
        self.v6 = v6
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.socket.bind((0, 0))
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
        except OSError:
            pass
        self.configure(self.attribute(1, struct.pack("!Bxxx", 1)))
        self.configure(self.attribute(2, struct.pack("!IBBxx", 128, 2, 0)))
        self.configure(self.attribute(5, struct.pack("!I", 1)))
        self.socket.setblocking(False)
        self.lines = []

    @staticmethod
    def attribute(kind, data):
        length = 4 + len(data)
        return struct.pack("HH", length, kind) + data + b"\0" * (-length % 4)

    def configure(self, attributes):
        body = struct.pack("!BBH", 0, 0, 0) + attributes
        kind = (SUBSYS_ULOG << 8) | MSG_CONFIG
        self.socket.send(struct.pack("IHHII", 16 + len(body), kind, 5, 1, 0) + body)
        error = struct.unpack("i", self.socket.recv(4096)[16:20])[0]
        if error:
            raise OSError(-error, "nfnetlink_log")

    def read(self):
        while True:
            try:
                data = self.socket.recv(1 << 20)
            except BlockingIOError:
                return
            while len(data) >= 16:
                length, kind = struct.unpack("IH", data[:6])
                if kind == (SUBSYS_ULOG << 8) | MSG_PACKET:
                    self.packet(data[20:length])
                data = data[(length + 3) & ~3 :]

    def packet(self, data):
        prefix, payload, mark = "", b"", 0
        while len(data) >= 4:
            length, kind = struct.unpack("HH", data[:4])
            if length < 4:
                break
            value = data[4:length]
            kind &= 0x7FFF
            if kind == NFULA_PREFIX:
                prefix = value.rstrip(b"\0").decode()
            elif kind == NFULA_PAYLOAD:
                payload = value
            elif kind == NFULA_MARK:
                mark = struct.unpack("!I", value[:4])[0]
            data = data[(length + 3) & ~3 :]
        if prefix.startswith("TRACE: "):
            self.lines.append((prefix[7:].strip(), mark, *self.headers(payload)))

    def headers(self, payload):
        """Addresses, ports and a value that tells packets apart, whatever NAT makes of their addresses."""
        if self.v6:
            protocol, start = payload[6], 40
            source = socket.inet_ntop(socket.AF_INET6, payload[8:24])
            destination = socket.inet_ntop(socket.AF_INET6, payload[24:40])
        else:
            protocol, start = payload[9], (payload[0] & 15) * 4
            source = socket.inet_ntoa(payload[12:16])
            destination = socket.inet_ntoa(payload[16:20])
        sport, dport = struct.unpack("!HH", payload[start : start + 4])
        if protocol == 6:
            value = payload[start + 4 : start + 8]
        elif protocol == 17:
            value = payload[start + 8 : start + 8 + len(question(0))]
        else:
            value = payload[start + 16 : start + 20]
        # A SYN sent again is another packet: it has another number in its IP header.
        attempt = b"" if self.v6 else bytes(payload[4:6])
        return source, sport, destination, dport, (protocol, bytes(value)), attempt


class Traffic:
    """Servers that say what address they saw, and clients, in one loop."""

    def __init__(self, lab):
        self.lab = lab
        self.family = socket.AF_INET6 if lab.v6 else socket.AF_INET
        self.loop = selectors.DefaultSelector()
        self.waiting = {}

    def listen(self, host, protocol, port, name):
        any_address = "::" if self.lab.v6 else "0.0.0.0"

        def make():
            if protocol == "tcp":
                server = socket.socket(self.family, socket.SOCK_STREAM)
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind((any_address, port))
                server.listen(4096)
            else:
                server = socket.socket(self.family, socket.SOCK_DGRAM)
                server.setsockopt(*self.packet_info()[0])
                server.bind((any_address, port))
            server.setblocking(False)
            return server

        server = self.lab.spaces.inside(host, make)
        action = self.accept if protocol == "tcp" else self.answer
        self.loop.register(server, selectors.EVENT_READ, (action, server, name))

    def packet_info(self):
        if self.lab.v6:
            return (socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1), (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO)
        return (socket.IPPROTO_IP, 8, 1), (socket.IPPROTO_IP, 8)

    def accept(self, server, name):
        while True:
            try:
                connection, address = server.accept()
            except (BlockingIOError, ConnectionError):
                return
            try:
                own = connection.getsockname()
                connection.sendall(json.dumps([name, own[0], own[1], address[0]]).encode())
            except OSError:
                pass
            connection.close()

    def answer(self, server, name):
        """Answers from the address that was asked, as a connected server would."""
        (_, _, _), (level, kind) = self.packet_info()
        while True:
            try:
                data, control, _, address = server.recvmsg(2048, 256)
            except (BlockingIOError, ConnectionError):
                return
            own = ""
            replies = []
            for at_level, at_kind, value in control:
                if (at_level, at_kind) != (level, kind):
                    continue
                own = socket.inet_ntop(self.family, value[:16] if self.lab.v6 else value[8:12])
                keep = value[:16] + b"\0\0\0\0" if self.lab.v6 else b"\0\0\0\0" + value[8:12] + b"\0\0\0\0"
                replies.append((level, kind, keep))
            text = json.dumps([name, own, server.getsockname()[1], address[0]]).encode()
            try:
                server.sendmsg([b"answer " + text], replies, 0, address)
            except OSError:
                pass

    def send(self, packet, serial):
        """Sends one packet; the result is in `packet` when it is known."""
        host, protocol = packet["from"], packet["protocol"]
        destination = (packet["to"], packet["port"])
        if protocol == "sctp":
            self.lab.spaces.inside(host, lambda: send_init(self.family, packet, serial))
            return

        def make():
            kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
            client = socket.socket(self.family, kind)
            client.setblocking(False)
            if protocol == "tcp" and self.lab.plan["trace"]:
                with_number(client, serial)
            client.bind((packet.get("source") or ("::" if self.lab.v6 else "0.0.0.0"), packet["sourcePort"]))
            try:
                client.connect(destination)
                if protocol == "udp":
                    client.send(question(serial))
            except BlockingIOError:
                pass
            except OSError as error:
                packet["result"] = errno.errorcode.get(error.errno, str(error.errno))
                client.close()
                return None
            return client

        client = self.lab.spaces.inside(host, make)
        if client is not None:
            events = selectors.EVENT_READ
            self.loop.register(client, events, (self.arrived, client, packet))
            self.waiting[client] = packet

    def arrived(self, client, packet):
        error = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            packet["result"] = errno.errorcode.get(error, str(error))
            self.finish(client)
            return
        try:
            data = client.recv(2048)
            text = data[7:] if data.startswith(b"answer ") else data
            if text:
                name, address, port, seen = json.loads(text)
                packet.update(result="delivered", server=name, serverAddress=address, serverPort=port, seenSource=seen)
            else:
                packet["result"] = "closed"
        except BlockingIOError:
            return
        except OSError as error:
            packet["result"] = errno.errorcode.get(error.errno, str(error.errno))
        self.finish(client)

    def finish(self, client):
        self.loop.unregister(client)
        self.waiting.pop(client, None)
        client.close()

    def run(self, seconds, logs):
        """Runs until nothing is waited for, or for so long."""
        end = time.monotonic() + seconds
        while self.waiting and time.monotonic() < end:
            for key, _ in self.loop.select(0.05):
                action, *rest = key.data
                action(*rest)
            for log in logs.values():
                log.read()

    def give_up(self):
        for client, packet in list(self.waiting.items()):
            packet.setdefault("result", "timeout")
            self.finish(client)


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def send_init(family, packet, serial):
    """An SCTP INIT by hand: kernels often have no SCTP sockets, but all track and rewrite it."""
    chunk = struct.pack("!BBHIIHHI", 1, 0, 20, number(serial), 65535, 1, 1, 1)
    header = struct.pack("!HHI", packet["sourcePort"], packet["port"], 0)
    checksum = struct.pack("<I", crc32c(header + b"\0\0\0\0" + chunk))
    raw = socket.socket(family, socket.SOCK_RAW, 132)
    try:
        raw.sendto(header + checksum + chunk, (packet["to"], 0))
    except OSError as error:
        packet["result"] = errno.errorcode.get(error.errno, str(error.errno))
    finally:
        raw.close()


def collect(lab, logs, owners):
    """Gives each packet the lines that are about it, and of each node's conntrack the entries it made there."""
    for node, log in logs.items():
        tables = None
        first, again = {}, {}
        for line, mark, source, sport, destination, dport, known, attempt in log.lines:
            packet = owners.get(known)
            if packet is None or first.setdefault(known, attempt) != attempt:
                continue
            # The same line about the same addresses once more: the client has sent its packet again.
            start = (line, source, destination, dport)
            if again.setdefault(known, [start, 0])[0] == start:
                again[known][1] += 1
            if again[known][1] > 1:
                continue
            table, chain, kind, number = line.split(":")
            if table == "raw":
                tables = tables or connections(lab, node)
                tuple_ = (known[0], source, sport, destination, dport)
                if tuple_ in tables:
                    entry = {"node": node, "original": tuple_[1:], "reply": tables[tuple_]}
                    packet.setdefault("connections", {})[(node, tuple_)] = entry
                continue
            host = f"[{destination}]" if ":" in destination else destination
            event = {"node": node, "table": table, "chain": chain, "kind": kind, "number": int(number)}
            event.update(src=source, dst=f"{host}:{dport}", mark=mark)
            packet.setdefault("path", []).append(event)
        log.lines.clear()
    for packet in owners.values():
        packet["connections"] = list(packet.get("connections", {}).values())


def connections(lab, node):
    """A node's conntrack table: how a connection's first packet came, and how its replies come."""
    family = "ipv6" if lab.v6 else "ipv4"
    listed = lab.spaces.inside(node, lambda: run("conntrack", "-L", "-f", family, check=False)).stdout
    table = {}
    for line in listed.splitlines():
        words = line.split()
        tuples = []
        for word in words:
            key, _, value = word.partition("=")
            if key == "src":
                tuples.append([value])
            elif key in ("dst", "sport", "dport") and tuples:
                tuples[-1].append(value)
        if len(tuples) == 2 and all(len(each) == 4 for each in tuples):
            original, reply = ((each[0], int(each[2]), each[1], int(each[3])) for each in tuples)
            table[(int(words[1]), *original)] = reply
    return table


def send_batch(lab, traffic, logs, batch):
    """Sends the packets, each with its serial number and source port, and waits for what becomes of them."""
    for at, (serial, port, packet) in enumerate(batch):
        packet["sourcePort"] = port
        traffic.send(packet, serial)
        if at % 16 == 15:
            traffic.run(0.0001, logs)
    traffic.run(lab.plan["timeout"], logs)
    traffic.give_up()
    time.sleep(0.02)
    for log in logs.values():
        log.read()
    if lab.plan["trace"]:
        collect(lab, logs, {identity(packet["protocol"], serial): packet for serial, _, packet in batch})


def send_all(lab, traffic, logs, packets, serial):
    """Packets from a serial number on. Which were sent a second time, since their log had been lost, is returned."""
    size = lab.plan["batch"]
    again = []
    for start in range(0, len(packets), size):
        batch = [
            (at, packet.get("sourcePort") or 33000 + at % 27000, packet)
            for at, packet in enumerate(packets[start : start + size], serial + start)
        ]
        send_batch(lab, traffic, logs, batch)
        lost = [each for each in batch if lab.plan["trace"] and unlogged(lab, each[2])]
        for _, _, packet in lost:
            again.append(f"{packet['from']} -> {packet['to']}:{packet['port']}/{packet['protocol']}")
            for key in ("result", "server", "serverAddress", "serverPort", "seenSource"):
                packet.pop(key, None)
        if lost:
            retry = [(at + 500_000, 60001 + at % 5000, packet) for at, _, packet in lost]
            send_batch(lab, traffic, logs, retry)
    return again


def unlogged(lab, packet):
    """Whether a packet arrived, and no node has logged a line about it. (What a pod sends to itself passes none.)"""
    if packet.get("result") != "delivered" or packet.get("path"):
        return False
    host = next(host for host in lab.plan["hosts"] if host["name"] == packet["from"])
    own = [address.split("/")[0] for device in host["interfaces"] for address in device["addresses"]]
    return host["kind"] == "node" or packet["to"] not in own


def repeat(lab, traffic, logs):
    """What the plan does afterwards: other rules, commands in a host's namespace, and packets of the same flows."""
    phases = []
    for place, phase in enumerate(lab.plan["afterwards"], 1):
        for node, text in phase["rules"].items():
            lab.load(node, text)
        for host, *words in phase["commands"]:
            run("ip", "netns", "exec", lab.spaces.names[host], *words)
        kept = ("from", "to", "protocol", "port", "sourcePort")
        packets = [{key: lab.plan["packets"][at][key] for key in kept} for at in phase["packets"]]
        send_all(lab, traffic, logs, packets, place * 1_000_000)
        phases.append(packets)
    return phases


def count_all(lab, traffic):
    """Many connections from one host to one address: which server took how many."""
    counts = {}
    for run_plan in lab.plan["counts"]:
        taken = counts.setdefault(run_plan["name"], {})
        left = run_plan["connections"]
        while left > 0:
            packets = [dict(run_plan["packet"], sourcePort=0) for _ in range(min(500, left))]
            left -= len(packets)
            for at, packet in enumerate(packets):
                traffic.send(packet, at)
                if at % 32 == 31:
                    traffic.run(0.001, {})
            traffic.run(5, {})
            traffic.give_up()
            for packet in packets:
                key = packet.get("server") or packet["result"]
                taken[key] = taken.get(key, 0) + 1
    return counts


def main():
    lab = Lab(json.load(sys.stdin))
    try:
        lab.build()
        logs = {}
        if lab.plan["trace"]:
            for host in lab.plan["hosts"]:
                if host["kind"] == "node":
                    logs[host["name"]] = lab.spaces.inside(host["name"], lambda: TraceLog(lab.v6))
        traffic = Traffic(lab)
        for server in lab.plan["servers"]:
            traffic.listen(server["host"], server["protocol"], server["port"], server["name"])
        again = send_all(lab, traffic, logs, lab.plan["packets"], 0)
        afterwards = repeat(lab, traffic, logs)
        counts = count_all(lab, traffic)
        json.dump({"packets": lab.plan["packets"], "afterwards": afterwards, "counts": counts, "again": again}, sys.stdout)
    finally:
        lab.spaces.remove()


main()
