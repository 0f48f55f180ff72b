using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;

namespace AudienceSync.Bench.Load;

/// <summary>
/// The load generator as a separate process: it has its own processor time, and its sockets can run their continuations on the polling
/// thread without a database client or a console in the way.
/// Standard input: one <see cref="LoadPlan"/>. Standard output: "measuring", "measured", then one <see cref="LoadOutcome"/>.
/// </summary>
internal static class LoadCommand
{
    // Longer than a connection retries one event, so a connection that gives up after this time does not retry.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(35);

    public static Command Build()
    {
        var command = new Command("load", "The load generator; started by the benches") { Hidden = true };
        command.SetAction(async (_, cancel) => await RunAsync(TimeProvider.System, cancel));
        return command;
    }

    private static async Task<int> RunAsync(TimeProvider clock, CancellationToken cancel)
    {
        string line = await Console.In.ReadLineAsync(cancel) ?? throw new InvalidDataException("No plan on standard input.");
        LoadPlan plan = JsonSerializer.Deserialize<LoadPlan>(line)!;
        var phase = new LoadPhase();
        LoadConnection[] connections = [.. Enumerable.Range(0, plan.Connections).Select(n => new LoadConnection(plan, n, phase, clock))];
        Task all = Task.WhenAll(connections.Select(c => c.RunAsync()));

        await WaitAsync(plan.WarmUpSeconds, all, clock, cancel);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        long started = Stopwatch.GetTimestamp();
        phase.Measure();
        Report("measuring");
        await WaitAsync(plan.Seconds, all, clock, cancel);
        phase.Stop();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Report("measured");
        await FinishAsync(connections, all, clock, cancel);
        Report(JsonSerializer.Serialize(Sum(connections, seconds, cpu, allocated)));
        Array.ForEach(connections, c => c.Dispose());
        return 0;
    }

    private static async Task FinishAsync(LoadConnection[] connections, Task all, TimeProvider clock, CancellationToken cancel)
    {
        if (await Task.WhenAny(all, Task.Delay(LastAnswers, clock, cancel)) != all)
        {
            Array.ForEach(connections, c => c.GiveUp());
        }

        await all;
    }

    private static void Report(string line) => Console.Out.WriteLine(line);

    /// <summary>Waits for the time to pass, or throws at once the exception of a connection.</summary>
    private static async Task WaitAsync(int seconds, Task all, TimeProvider clock, CancellationToken cancel) =>
        await await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(seconds), clock, cancel), all);

    private static LoadOutcome Sum(LoadConnection[] connections, double seconds, TimeSpan cpu, long allocated)
    {
        var latencies = new LatencyHistogram();
        var statuses = new SortedDictionary<int, long>();
        foreach (LoadConnection connection in connections)
        {
            latencies.Add(connection.Latencies);
            foreach ((int status, long count) in connection.Statuses.Index().Where(s => s.Item > 0))
            {
                statuses[status] = statuses.GetValueOrDefault(status) + count;
            }
        }

        return new LoadOutcome(
            connections.Sum(c => c.Accepted),
            connections.Sum(c => c.Unanswered),
            connections.Sum(c => c.Drops),
            connections.Sum(c => c.Measured2xx),
            seconds,
            cpu.TotalMicroseconds,
            allocated,
            connections.Sum(c => c.BodyBytes),
            Ms(0.5),
            Ms(0.9),
            Ms(0.99),
            Ms(0.999),
            Ms(1),
            statuses
        );

        double? Ms(double share) => latencies.Count == 0 ? null : latencies.PercentileMicros(share) / 1000.0;
    }
}
