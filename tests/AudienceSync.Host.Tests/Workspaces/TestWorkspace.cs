using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AudienceSync.Host.Tests.Workspaces;

/// <summary>
/// A workspace in its own database: migrated, with published keys and today's partitions. <see cref="Owner"/> connects as the migrator.
/// </summary>
internal sealed class TestWorkspace : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    public static readonly WorkspaceName Name = new("default");

    public static byte[] Secret => [.. Enumerable.Range(0, MasterKey.KeyBytes).Select(n => (byte)n)];

    private TestWorkspace(string connectionString)
    {
        ConnectionString = connectionString;
        Database = new WorkspaceDatabase(connectionString, Name, clock: Clock);
        Vault = new Vault(new MasterKeys(Master));
        Seal = new BodySeal(new MasterKeys(Master), Secret);
        Tombstones = new TombstoneDigester(Secret);
        Webhooks = new TestWebhooks(Secret);
        Shared = new SharedCells(new HolderStore(Database), Webhooks.Digester);
        Owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                SearchPath = Name.Schema,
                MaxPoolSize = 4,
                ApplicationName = "owner",
            }.ConnectionString
        );
    }

    public string ConnectionString { get; }

    public MasterKey Master { get; } = new(1, Secret);

    public SetClock Clock { get; } = new(Start);

    public WorkspaceDatabase Database { get; }

    public Vault Vault { get; }

    public BodySeal Seal { get; }

    public TombstoneDigester Tombstones { get; }

    public TestWebhooks Webhooks { get; }

    /// <summary>The cells that other people share with a member to remove.</summary>
    public SharedCells Shared { get; }

    public NpgsqlDataSource Owner { get; }

    public AudienceKeys Keys { get; private set; } = new([]);

    /// <param name="windows">The window of each key; the keys are named <c>k0_v1</c>, <c>k1_v1</c> and so on.</param>
    public static async Task<TestWorkspace> CreateAsync(params TimeSpan?[] windows)
    {
        var connectionString = await PostgresCluster.CreateMigratedAsync();
        var workspace = new TestWorkspace(connectionString);
        await new BodyPartitionStore(workspace.Database, workspace.Clock, NullLogger<BodyPartitionStore>.Instance).EnsureAsync(default);
        var table = new RegistryStore(workspace.Database, workspace.Clock);
        for (var n = 0; n < windows.Length; n++)
        {
            var terms = new KeyTerms((long?)windows[n]?.TotalSeconds);
            await new AudienceRegistry(table).ExecuteAsync($"k{n}", new PublishKey(1, terms, "test", null), default);
        }

        workspace.Keys = await new AudienceKeyStore(workspace.Database).OpenAsync(default);
        return workspace;
    }

    /// <summary>Binds a remote audience of a declared account to a key, by the registry.</summary>
    public async Task BindAsync(int key, string destination, string remote, bool exclusive = false)
    {
        var registry = new AudienceRegistry(new RegistryStore(Database, Clock));
        var to = new RemoteAudience(destination, remote);
        var bind = new BindAudience(to, 1, "test", null) { Exclusive = exclusive };
        if ((await registry.ExecuteAsync($"k{key}", bind, default)).Changes.Count == 0)
        {
            // The tables were emptied, and the log still has the binding.
            await registry.ExecuteAsync($"k{key}", new UnbindAudience(to, "test", null), default);
            await registry.ExecuteAsync($"k{key}", bind, default);
        }
    }

    /// <summary>From here on every key requires granted consent.</summary>
    public void RequireConsent() =>
        Keys = new AudienceKeys([.. Keys.All.Select(key => key with { ConsentPolicy = ConsentPolicy.Required })]);

    public EventLogStore OpenLog() => new(Database, Vault, Seal, Tombstones, Clock, LinkLimit.Default);

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Rows as text, columns joined by a space.</summary>
    public async Task<List<string>> RowsAsync(string sql)
    {
        var rows = new List<string>();
        await using var command = Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(n => reader.GetValue(n))));
        }

        return rows;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Breaks every connection of the process under test. Returns how many there were.</summary>
    public Task<long> KillAsync() =>
        AskAsync<long>(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() "
                + "and application_name like 'audiencesync/%'"
        );

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Owner.DisposeAsync();
        Webhooks.Dispose();
        Tombstones.Dispose();
    }
}
