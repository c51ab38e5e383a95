package com.xxxchatnow.loyalty.kit.settings;

import java.util.regex.Pattern;

/** What Kubernetes sets in every container for a service whose name begins as our settings do. */
final class ServiceLinks {
  private static final Pattern NAME =
      Pattern.compile(
          ".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

  private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  private ServiceLinks() {}

  static boolean isOne(String name, String value) {
    return NAME.matcher(name).matches()
        || (name.endsWith("_PORT") && ADDRESS.matcher(value).matches());
  }
}
