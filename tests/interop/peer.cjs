// node-forge (keys, PFX, writing CMS) and PKI.js (verifying CMS, which node-forge cannot) as a peer:
// node peer.cjs <folder with node_modules> read|write <kind> <name> <password>. Files lie in the current folder.

const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const [folder, what, kind, name, password] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(folder), "peer.cjs"));
const forge = load("node-forge");

const bytes = (file) => forge.util.createBuffer(fs.readFileSync(file).toString("binary"));
const asn1Of = (file) => forge.asn1.fromDer(bytes(file));
const der = (asn1) => Buffer.from(forge.asn1.toDer(asn1).getBytes(), "binary");
const certificate = () => forge.pki.certificateFromAsn1(asn1Of("certificate.der"));
const key = () => forge.pki.privateKeyFromAsn1(asn1Of("plain.der"));
const chain = () =>
  forge.pem.decode(fs.readFileSync("chain.pem", "utf8")).map((one) => forge.pki.certificateFromAsn1(forge.asn1.fromDer(one.body)));

function readKey() {
  const plain = forge.pki.decryptPrivateKeyInfo(asn1Of("it"), password);
  if (!plain) throw new Error("it does not open");
  return der(plain);
}

function writeKey() {
  const [, cipher, hash] = name.split("-"); // pbes2-aes256-sha256
  if (!cipher) throw new Error("it would take a cipher of its own");
  const options = { algorithm: cipher, prfAlgorithm: hash, count: 2048, saltSize: 16 };
  return der(forge.pki.encryptPrivateKeyInfo(asn1Of("plain.der"), password, options));
}

function readPfx() {
  const p12 = forge.pkcs12.pkcs12FromAsn1(asn1Of("it"), password);
  const bags = p12.getBags({ bagType: forge.pki.oids.pkcs8ShroudedKeyBag })[forge.pki.oids.pkcs8ShroudedKeyBag];
  return der(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bags[0].key)));
}

function writePfx() {
  const algorithm = name === "pfx-3des" ? "3des" : "aes256";
  return der(forge.pkcs12.toPkcs12Asn1(key(), [certificate(), ...chain()], password, { algorithm }));
}

function writeCms() {
  const p7 = forge.pkcs7.createSignedData();
  p7.content = bytes("document");
  for (const one of [certificate(), ...chain()]) p7.addCertificate(one);
  const authenticatedAttributes = [
    { type: forge.pki.oids.contentType, value: forge.pki.oids.data },
    { type: forge.pki.oids.messageDigest },
    { type: forge.pki.oids.signingTime, value: new Date() },
  ];
  p7.addSigner({ key: key(), certificate: certificate(), digestAlgorithm: forge.pki.oids.sha256, authenticatedAttributes });
  p7.sign({ detached: name === "cms-detached" });
  return der(p7.toAsn1());
}

async function readCms() {
  const pkijs = load("pkijs");
  const document = fs.readFileSync("document");
  const info = pkijs.ContentInfo.fromBER(Uint8Array.from(fs.readFileSync("it")).buffer);
  const signed = new pkijs.SignedData({ schema: info.content });
  const data = name === "cms-detached" ? Uint8Array.from(document).buffer : undefined;
  if (!(await signed.verify({ signer: 0, data, checkChain: false }))) throw new Error("the signature does not fit");
  return data ? document : Buffer.from(signed.encapContentInfo.eContent.getValue());
}

(async () => {
  const jobs = { read: { key: readKey, pfx: readPfx, cms: readCms }, write: { key: writeKey, pfx: writePfx, cms: writeCms } };
  fs.writeFileSync("it.out", await jobs[what][kind]());
})();
