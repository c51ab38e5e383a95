/** The life of a service: start, readiness, admin port, orderly end. */
package com.xxxchatnow.loyalty.kit.service;
