/** Records of topics as operators select, read and edit them. */
package com.xxxchatnow.loyalty.cli.records;
