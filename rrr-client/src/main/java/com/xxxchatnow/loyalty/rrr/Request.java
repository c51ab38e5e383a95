package com.xxxchatnow.loyalty.rrr;

import java.util.Map;

/**
 * One HTTP request, built once and sent as often as needed with the same bytes.
 *
 * @param path with query, from the first slash after the base URL
 * @param body null for a GET
 * @param maxAnswerBytes how much of an answer is read
 */
record Request(
    String method, String path, Map<String, String> headers, byte[] body, int maxAnswerBytes) {}
