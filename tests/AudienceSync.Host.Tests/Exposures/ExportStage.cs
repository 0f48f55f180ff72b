using System.Security.Cryptography;
using AudienceSync.Host.Exposures.Export;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Exposures;

/// <summary>An exposure log of three days, of which two are over, with an experiment, and its exports into folders.</summary>
internal sealed class ExportStage : IAsyncDisposable
{
    public const int People = 1_000;

    // Everybody is eligible on the first day, one in ten is held out, the others are sent and acknowledged; some are exposed on the second.
    private const string FillSql = """
        insert into accounts (destination, platform) values ('shop_meta', 'meta');
        insert into bindings (audience, destination, remote, key_id) values ('k0', 'shop_meta', '4711', 1);
        insert into exposure_periods (spell_id, person_key, key_id, experiment, arm, eligible_from, opened_at)
        select n, md5('p' || n)::uuid, 1, 'winback_lift', case when n % 10 = 0 then 2 else 1 end, '2026-11-21T09:00Z'::timestamptz
          + n * interval '1 second', '2026-11-21T09:00Z' from generate_series(1, 1000) n;
        insert into exposure_sends (spell_id, binding_id, sent_at, acknowledged_at)
        select n, 1, '2026-11-21T10:00Z', '2026-11-21T10:00:02.123456Z' from generate_series(1, 1000) n where n % 10 <> 0;
        insert into exposure_log (position, recorded_at, occurred_at, received_at, person_key, kind, arm, key_id, binding_id, call_id,
          latency_ms, experiment, reason)
        select row_number() over (order by x.kind, x.n), x.at, x.at - interval '1 minute', case when x.kind in (1, 10) then x.at end,
          md5('p' || x.n)::uuid, x.kind, case when x.n % 10 = 0 then 2 else 1 end, 1, case when x.kind in (12, 13) then 1 end,
          case when x.kind in (12, 13) then 9 end, case when x.kind = 13 then 2123 end, 'winback_lift',
          case when x.kind = 10 then 'journey_add' end
        from (
          select n, 10 as kind, '2026-11-21T09:01:00.000001Z'::timestamptz as at from generate_series(1, 1000) n
          union all select n, 12, '2026-11-21T10:00Z' from generate_series(1, 1000) n where n % 10 <> 0
          union all select n, 13, '2026-11-21T10:00:02.123456Z' from generate_series(1, 1000) n where n % 10 <> 0) x;
        insert into exposure_log (position, recorded_at, occurred_at, received_at, person_key, kind, arm, key_id, experiment)
        select 2800 + n, '2026-11-22T09:00Z', '2026-11-22T08:59Z', '2026-11-22T09:00Z', md5('p' || n)::uuid, 1,
          case when n % 10 = 0 then 2 else 1 end, 1, 'winback_lift' from generate_series(1, 500) n;
        insert into exposure_log (position, recorded_at, occurred_at, person_key, kind)
        select 3300 + n, '2026-11-23T09:00Z', '2026-11-23T09:00Z', md5('p' || n)::uuid, 4 from generate_series(1, 10) n;
        insert into exposure_days values ('2026-11-21', 1, 2800), ('2026-11-22', 2801, 3300), ('2026-11-23', 3301, 3310);
        update exposure_head set position = 3310, recorded_at = '2026-11-23T09:00Z';
        """;

    // The third day gets more rows than a part has, and is over.
    private const string DayOfPartsSql = """
        insert into exposure_log (position, recorded_at, occurred_at, received_at, person_key, kind, arm, key_id, reason)
        select n, '2026-11-23T10:00Z', '2026-11-23T09:59Z', '2026-11-23T10:00Z', md5('p' || n)::uuid, 10, 1, 1, 'journey_add'
        from generate_series(3311, 250000) n;
        update exposure_days set last_position = 250000 where day = '2026-11-23';
        update exposure_head set position = 250000, recorded_at = '2026-11-24T00:00Z';
        """;

    private readonly TemporaryFolder _folder = new();

    private ExportStage(TestWorkspace workspace) => Workspace = workspace;

    public TestWorkspace Workspace { get; }

    public static async Task<ExportStage> CreateAsync()
    {
        var stage = new ExportStage(await TestWorkspace.CreateAsync(TimeSpan.FromDays(7), null));
        await stage.Workspace.ExecuteAsync(FillSql);
        return stage;
    }

    /// <summary>Ends the third day with several parts of the size that they have outside of tests.</summary>
    public Task AddDayOfPartsAsync() => Workspace.ExecuteAsync(DayOfPartsSql);

    public string PathOf(string folder) => _folder.Below(folder);

    /// <summary>Exports in parts of 300 positions. Ends it by an exception at a step; null for not at all.</summary>
    public Task<ExportResult> ExportAsync(string folder, ExportFormat? format = null, int? stopAt = null, long since = 0)
    {
        var steps = 0;
        var to = new ExportFolder(PathOf(folder))
        {
            Step = () =>
            {
                if (++steps == stopAt)
                {
                    throw new KilledException();
                }
            },
        };
        var run = new ExposureExport(new ExposureTableQueries(Workspace.Database), to, "default", format ?? ExportFormat.Parquet)
        {
            PartPositions = 300,
        };
        return run.RunAsync(since, default);
    }

    /// <summary>Every file below a folder with the digest of its bytes.</summary>
    public List<string> Files(string folder, string below) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(PathOf(folder), below), "*", SearchOption.AllDirectories)
                .Select(file =>
                    $"{Path.GetRelativePath(PathOf(folder), file)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}"
                )
                .Order(StringComparer.Ordinal),
        ];

    public async ValueTask DisposeAsync()
    {
        await Workspace.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Ends an export where a kill would: nothing is cleaned up.</summary>
    public sealed class KilledException : Exception;
}
