"""A certificate authority of a test's own.

    ca = Authority(folder, "ca")                # ca.file: its certificate
    cert, key = ca.issue("localhost")           # files; for a day, from an hour ago
    cert, key = ca.issue("localhost", hours=(-48, -24))
"""
import datetime
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec


class Authority:
    def __init__(self, folder, name):
        self.folder, self.stem, self.n = folder, name, 0
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        cert = self.builder(self.name, self.key, (-1, 24)).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file = self.write(name + ".pem", self.sign(cert))

    def builder(self, subject, key, hours):
        now = datetime.datetime.utcnow()
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key()).serial_number(x509.random_serial_number())
                .not_valid_before(now + datetime.timedelta(hours=hours[0])).not_valid_after(now + datetime.timedelta(hours=hours[1])))

    def sign(self, builder):
        return builder.sign(self.key, hashes.SHA256()).public_bytes(ser.Encoding.PEM)

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def issue(self, host, hours=(-1, 24)):
        """For a server of this name."""
        self.n += 1
        key = ec.generate_private_key(ec.SECP256R1())
        cert = (self.builder(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)]), key, hours)
                .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False))
        return (self.write("%s-%d.pem" % (self.stem, self.n), self.sign(cert)),
                self.write("%s-%d.key" % (self.stem, self.n), key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption())))
