// BouncyCastle as a peer: java -cp bcprov.jar:bcutil.jar:bcpkix.jar Peer.java read|write <kind> <name> <password>
// Files lie in the current folder; see cases.py. What it does not know, it says by failing.

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.kisa.KISAObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.nsri.NSRIObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DefaultSecretKeySizeProvider;
import org.bouncycastle.operator.SecretKeySizeProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.pkcs.PKCS12PfxPduBuilder;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS12SafeBagBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;

public class Peer {
    static final String BC = "BC";
    static final Map<String, ASN1ObjectIdentifier> CIPHERS = Map.of(
        "seed", KISAObjectIdentifiers.id_seedCBC,
        "aria128", NSRIObjectIdentifiers.id_aria128_cbc,
        "aria256", NSRIObjectIdentifiers.id_aria256_cbc,
        "aes256", NISTObjectIdentifiers.id_aes256_CBC);

    // It does not know how long ARIA's keys are, and files need not say it.
    static final SecretKeySizeProvider SIZES = new SecretKeySizeProvider() {
        public int getKeySize(AlgorithmIdentifier cipher) {
            return getKeySize(cipher.getAlgorithm());
        }

        public int getKeySize(ASN1ObjectIdentifier cipher) {
            if (cipher.equals(NSRIObjectIdentifiers.id_aria128_cbc)) {
                return 128;
            }
            return cipher.equals(NSRIObjectIdentifiers.id_aria256_cbc)
                ? 256
                : DefaultSecretKeySizeProvider.INSTANCE.getKeySize(cipher);
        }
    };

    public static void main(String[] words) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        char[] password = words[3].toCharArray();
        boolean read = words[0].equals("read");
        byte[] made = switch (words[1]) {
            case "key" -> read ? readKey(password) : writeKey(words[2], password);
            case "pfx" -> read ? readPfx(password) : writePfx(words[2], password);
            default -> read ? readCms(words[2]) : writeCms(words[2]);
        };
        Files.write(Path.of("it.out"), made);
    }

    static byte[] file(String name) throws Exception {
        return Files.readAllBytes(Path.of(name));
    }

    static X509Certificate certificate() throws Exception {
        var factory = CertificateFactory.getInstance("X.509", BC);
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(file("certificate.der")));
    }

    static Collection<? extends Certificate> chain() throws Exception {
        return CertificateFactory.getInstance("X.509", BC).generateCertificates(new ByteArrayInputStream(file("chain.pem")));
    }

    static PrivateKey key() throws Exception {
        return KeyFactory.getInstance("RSA", BC).generatePrivate(new PKCS8EncodedKeySpec(file("plain.der")));
    }

    static byte[] readKey(char[] password) throws Exception {
        var decryptor = new JcePKCSPBEInputDecryptorProviderBuilder().setProvider(BC);
        decryptor.setKeySizeProvider(SIZES);
        return new PKCS8EncryptedPrivateKeyInfo(file("it")).decryptPrivateKeyInfo(decryptor.build(password)).getEncoded();
    }

    static byte[] writeKey(String name, char[] password) throws Exception {
        String[] parts = name.split("-"); // pbes2-seed-sha256
        var prf = parts[2].equals("sha1") ? PKCSObjectIdentifiers.id_hmacWithSHA1 : PKCSObjectIdentifiers.id_hmacWithSHA256;
        var encryptor = new JcePKCSPBEOutputEncryptorBuilder(CIPHERS.get(parts[1])).setProvider(BC);
        encryptor.setPRF(new AlgorithmIdentifier(prf, DERNull.INSTANCE)).setIterationCount(2048).setKeySizeProvider(SIZES);
        var plain = PrivateKeyInfo.getInstance(file("plain.der"));
        return new PKCS8EncryptedPrivateKeyInfoBuilder(plain).build(encryptor.build(password)).getEncoded();
    }

    static byte[] readPfx(char[] password) throws Exception {
        var store = KeyStore.getInstance("PKCS12", BC);
        store.load(new ByteArrayInputStream(file("it")), password);
        String alias = store.aliases().nextElement();
        if (store.getCertificateChain(alias).length != 3) {
            throw new IllegalStateException("the chain has three certificates");
        }
        return store.getKey(alias, password).getEncoded();
    }

    // KeyStore would write the key anew, without R, and in this release knows no AES.
    static byte[] writePfx(String name, char[] password) throws Exception {
        boolean old = name.equals("pfx-3des");
        var cipher = old ? PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC : NISTObjectIdentifiers.id_aes256_CBC;
        var encryptor = new JcePKCSPBEOutputEncryptorBuilder(cipher).setProvider(BC).setIterationCount(2048);
        if (!old) {
            encryptor.setPRF(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE));
        }
        var id = new JcaX509ExtensionUtils().createSubjectKeyIdentifier(certificate().getPublicKey());
        var key = new PKCS12SafeBagBuilder(PrivateKeyInfo.getInstance(file("plain.der")), encryptor.build(password));
        key.addBagAttribute(PKCS12SafeBag.localKeyIdAttribute, id);
        var mine = new JcaPKCS12SafeBagBuilder(certificate());
        mine.addBagAttribute(PKCS12SafeBag.localKeyIdAttribute, id);
        List<PKCS12SafeBag> bags = new ArrayList<>(List.of(mine.build()));
        for (Certificate one : chain()) {
            bags.add(new JcaPKCS12SafeBagBuilder((X509Certificate) one).build());
        }
        var pfx = new PKCS12PfxPduBuilder();
        pfx.addEncryptedData(encryptor.build(password), bags.toArray(PKCS12SafeBag[]::new));
        pfx.addData(key.build());
        var digest = old ? OIWObjectIdentifiers.idSHA1 : NISTObjectIdentifiers.id_sha256;
        return pfx.build(new JcePKCS12MacCalculatorBuilder(digest).setProvider(BC), password).getEncoded();
    }

    @SuppressWarnings("unchecked") // its stores are of raw types
    static byte[] readCms(String name) throws Exception {
        var content = new CMSProcessableByteArray(file("document"));
        var signed = name.equals("cms-detached") ? new CMSSignedData(content, file("it")) : new CMSSignedData(file("it"));
        for (SignerInformation signer : signed.getSignerInfos().getSigners()) {
            var found = signed.getCertificates().getMatches(signer.getSID());
            var holder = (X509CertificateHolder) found.iterator().next();
            var verifier = new JcaSimpleSignerInfoVerifierBuilder().setProvider(BC).build(holder);
            if (!signer.verify(verifier)) {
                throw new IllegalStateException("a signature does not fit");
            }
        }
        return (byte[]) signed.getSignedContent().getContent();
    }

    static byte[] writeCms(String name) throws Exception {
        var generator = new CMSSignedDataGenerator();
        var signer = new JcaContentSignerBuilder("SHA256withRSA").setProvider(BC).build(key());
        var digests = new JcaDigestCalculatorProviderBuilder().setProvider(BC).build();
        generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(digests).build(signer, certificate()));
        List<Certificate> all = new ArrayList<>(List.of(certificate()));
        all.addAll(chain());
        generator.addCertificates(new JcaCertStore(all));
        boolean inside = !name.equals("cms-detached");
        return generator.generate(new CMSProcessableByteArray(file("document")), inside).getEncoded();
    }
}
