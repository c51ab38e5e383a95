/** What every command needs: the clients it opens, the options all share, and scans of topics. */
package com.xxxchatnow.loyalty.cli.command;
