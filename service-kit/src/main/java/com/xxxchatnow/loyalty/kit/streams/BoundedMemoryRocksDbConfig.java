package com.xxxchatnow.loyalty.kit.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One memory off the heap for all stores of a process, in bytes: 64 MiB, of which 24 MiB for what
 * is not yet on disk. Left alone, each store may take some 100 MB, and there is one for each
 * partition.
 */
public final class BoundedMemoryRocksDbConfig implements RocksDBConfigSetter {
  private static final long MEMORY = 64L * 1024 * 1024;
  private static final long FOR_WRITES = 24L * 1024 * 1024;
  private static final long WRITE_BUFFER = 2L * 1024 * 1024;

  private static final class Memory {
    static final Cache CACHE;
    static final WriteBufferManager WRITES;

    static {
      RocksDB.loadLibrary();
      CACHE = new LRUCache(MEMORY);
      WRITES = new WriteBufferManager(FOR_WRITES, CACHE);
    }
  }

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    var table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(Memory.CACHE);
    table.setCacheIndexAndFilterBlocks(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(Memory.WRITES);
    options.setWriteBufferSize(WRITE_BUFFER);
    options.setMaxWriteBufferNumber(2);
  }

  /** The memory is every store's: it stays as long as the process. */
  @Override
  public void close(String store, Options options) {}
}
