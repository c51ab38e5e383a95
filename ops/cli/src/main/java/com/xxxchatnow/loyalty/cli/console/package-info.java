/** What an operator sees: tables, JSON, progress, errors and exit codes. */
package com.xxxchatnow.loyalty.cli.console;
