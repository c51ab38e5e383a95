package com.xxxchatnow.loyalty.rrr;

import java.util.Map;

/**
 * One HTTP request, made once and sent as often as needed: the same bytes each time.
 *
 * @param path with query, from the first slash after the base URL
 * @param body null for a GET
 * @param largestAnswer bytes of an answer that are read at most
 */
record Request(
    String method, String path, Map<String, String> headers, byte[] body, int largestAnswer) {}
