using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AudienceSync.Bench.Processes;

namespace AudienceSync.Bench.Postgres;

/// <summary>
/// The rate of single-row inserts in the same cluster, one per commit, prepared: a table with bigserial, uuid and jsonb of a webhook's
/// size, in a scratch database that is dropped afterwards. It is the limit that ingest is compared with.
/// </summary>
internal sealed partial class PgBench(Cluster cluster, RunFolder folder)
{
    private const string Database = "bench_scratch";
    private const int MostClients = 64;
    private const int Threads = 2;

    // Of a webhook's size. A space follows each colon, because pgbench reads ":name" as a variable.
    private const string Row =
        """{"schema_version": 1, "event": "audience_add", "event_id": "bench-19aa3f2b1c2-0007-000000123", "audience_key": "high_intent_cart_7d_v1", "occurred_at": "2026-11-21", "person": {"customer_id": "shop-00012345", "email": "Shopper.00012345@mail.example", "phone": "+1 (202) 201-2345"}, "consent": {"ad_user_data": "granted", "ad_personalization": "granted"}, "context": {"journey": "cart_recovery", "step": "30min", "variant": "a", "message": "cart_reminder_1"}}""";

    /// <summary>Inserts per second; null when pgbench is not installed.</summary>
    /// <exception cref="BenchFailedException">pgbench ran and failed; with its error output.</exception>
    public async Task<double?> InsertsPerSecondAsync(int seconds, CancellationToken cancel)
    {
        if (Program() is not { } program)
        {
            return null;
        }

        await cluster.ExecuteAsync(Cluster.User, $"create database {Database}", cancel);
        try
        {
            await cluster.ExecuteAsync(
                Database,
                "create table rows (seq_id bigserial primary key, id uuid not null, data jsonb not null)",
                cancel
            );
            string script = folder.File("insert.sql");
            await File.WriteAllTextAsync(script, $"insert into rows (id, data) values (gen_random_uuid(), '{Row}');\n", cancel);
            int clients = Math.Clamp(await cluster.FreeConnectionsAsync(cancel), Threads, MostClients);
            if (clients < MostClients)
            {
                Console.Error.WriteLine($"bench: the cluster has room for {clients} of pgbench's {MostClients} clients.");
            }

            return await RunAsync(program, script, clients, seconds, cancel);
        }
        finally
        {
            await cluster.ExecuteAsync(Cluster.User, $"drop database {Database} with (force)", CancellationToken.None);
        }
    }

    private async Task<double> RunAsync(string program, string script, int clients, int seconds, CancellationToken cancel)
    {
        string[] arguments =
        [
            "-n",
            "-M",
            "prepared",
            "-f",
            script,
            "-c",
            Text(clients),
            "-j",
            Text(Threads),
            "-T",
            Text(seconds),
            "-h",
            cluster.SocketFolder,
            "-p",
            Text(cluster.Port),
            "-U",
            Cluster.User,
            Database,
        ];
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start) ?? throw new BenchFailedException("pgbench could not be started.");
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
            string output = await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            Match tps = Tps().Match(output);
            return process.ExitCode == 0 && tps.Success
                ? double.Parse(tps.Groups["tps"].Value)
                : throw new BenchFailedException($"pgbench failed: {(await errors).Trim()}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Program()
    {
        const string Installed = "/usr/lib/postgresql";
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> besideServer = Directory.Exists(Installed)
            ? Directory.GetDirectories(Installed).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            : [];
        return path.Concat(besideServer).Select(bin => Path.Combine(bin, "pgbench")).FirstOrDefault(File.Exists);
    }

    [GeneratedRegex(@"^tps = (?<tps>[0-9.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tps();
}
