package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker as production has it: TLS, SCRAM, and nobody may do what no ACL allows. Beside it a
 * listener in the clear for the test, which plays the operator and the systems around.
 */
final class SecuredKafka implements AutoCloseable {
  private static final Path DOCKER = Path.of("../docker");
  private static final String KEYSTORE_PASSWORD = "of-this-test";

  /** One line of acls.csv. */
  record Right(String principal, AclBinding binding) {
    static Right of(String line) {
      var field = line.split(",", -1);
      var pattern =
          new ResourcePattern(
              ResourceType.valueOf(field[2]), field[4], PatternType.valueOf(field[3]));
      var entry =
          new AccessControlEntry(
              "User:" + field[0], "*", AclOperation.valueOf(field[1]), AclPermissionType.ALLOW);
      return new Right(field[0], new AclBinding(pattern, entry));
    }
  }

  private final LocalKafka kafka;
  private final Path folder;
  private final int securePort;

  private SecuredKafka(LocalKafka kafka, Path folder, int securePort) {
    this.kafka = kafka;
    this.folder = folder;
    this.securePort = securePort;
  }

  /** Certificate and configuration files go to the folder. */
  static SecuredKafka start(Path folder) throws Exception {
    var keys = folder.resolve("broker.p12");
    makeKeys(keys);
    Files.writeString(folder.resolve("ca.pem"), pem(keys));
    var clear = freePort();
    var secure = freePort();
    var controller = freePort();
    var config =
        LocalKafkaConfig.oneBroker()
            .withPort(clear)
            .with("controller.quorum.voters", "1@127.0.0.1:" + controller)
            .with(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,SASL_SSL://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                    .formatted(clear, secure, controller))
            .with(
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:%d,SASL_SSL://127.0.0.1:%d".formatted(clear, secure))
            .with(
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL")
            .with("sasl.enabled.mechanisms", "SCRAM-SHA-512")
            .with(
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;")
            .with("ssl.keystore.location", keys.toString())
            .with("ssl.keystore.password", KEYSTORE_PASSWORD)
            .with(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .with("allow.everyone.if.no.acl.found", "false")
            .with("super.users", "User:ANONYMOUS");
    return new SecuredKafka(LocalKafka.start(config), folder, secure);
  }

  LocalKafka inTheClear() {
    return kafka;
  }

  String secureAddress() {
    return "127.0.0.1:" + securePort;
  }

  static List<Right> rights() throws IOException {
    return Files.readAllLines(DOCKER.resolve("acls.csv")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(Right::of)
        .toList();
  }

  static Set<String> principals() throws IOException {
    return rights().stream().map(Right::principal).collect(Collectors.toSet());
  }

  /** Makes every user of acls.csv, with the rights listed there and no others. */
  void grantWhatIsListed() throws Exception {
    for (var user : principals()) makeUser(user);
    grant(rights().stream().map(Right::binding).toList());
  }

  /** Makes a user with the rights of another, but for those to one resource. */
  void grantAllBut(String resource, String user, String like) throws Exception {
    makeUser(user);
    grant(
        rights().stream()
            .filter(right -> right.principal().equals(like))
            .map(Right::binding)
            .filter(binding -> !binding.pattern().name().equals(resource))
            .map(binding ->
                new AclBinding(
                    binding.pattern(),
                    new AccessControlEntry(
                        "User:" + user, "*", binding.entry().operation(), AclPermissionType.ALLOW)))
            .toList());
  }

  private void makeUser(String name) throws Exception {
    var credential = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
    kafka
        .admin()
        .alterUserScramCredentials(
            List.of(new UserScramCredentialUpsertion(name, credential, password(name))))
        .all()
        .get();
  }

  private void grant(List<AclBinding> bindings) throws Exception {
    kafka.admin().createAcls(bindings).all().get();
  }

  /** ops/docker/kafka-client.properties with this user, this password and this broker's CA. */
  Path clientConfig(String user, String password) throws IOException {
    var file = folder.resolve(user + "-" + password.hashCode() + ".properties");
    var text =
        Files.readString(DOCKER.resolve("kafka-client.properties"))
            .replace("\"earn-processor\"", '"' + user + '"')
            .replace("change-me", password)
            .replace("/run/secrets/kafka-ca.pem", folder.resolve("ca.pem").toString());
    return Files.writeString(file, text);
  }

  static String password(String user) {
    return "password-of-" + user;
  }

  @Override
  public void close() {
    kafka.close();
  }

  private static void makeKeys(Path file) throws IOException, InterruptedException {
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var command =
        List.of(
            keytool,
            "-genkeypair",
            "-alias",
            "broker",
            "-keyalg",
            "EC",
            "-dname",
            "CN=broker",
            "-ext",
            "san=ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-keystore",
            file.toString(),
            "-storepass",
            KEYSTORE_PASSWORD);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.inputReader()) {
      var said = out.readAllAsString();
      if (process.waitFor() != 0) throw new IOException("keytool: " + said);
    }
  }

  private static String pem(Path file) throws IOException, GeneralSecurityException {
    var keys = KeyStore.getInstance(file.toFile(), KEYSTORE_PASSWORD.toCharArray());
    var body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(keys.getCertificate("broker").getEncoded());
    return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
