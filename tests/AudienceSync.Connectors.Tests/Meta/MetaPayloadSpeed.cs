using System.Diagnostics;
using AudienceSync.Connectors.Meta;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using Xunit.Abstractions;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>
/// Prints how fast a full call is written on one core; the limit is enforced by the benchmarks, because a test machine is never idle.
/// </summary>
public sealed class MetaPayloadSpeed(ITestOutputHelper output)
{
    private const int MaxRounds = 300;
    private const long MaxBytes = 10_000;

    [Fact]
    public void A_full_call_is_written_without_an_object_per_member()
    {
        var members = Enumerable
            .Range(0, MetaLimits.MembersPerCall)
            .Select(i => new Member(
                IdentifierReader.Read(null, $"person{i}@example.com", $"+1555{i:0000000}", "US"),
                MetaNormalizer.Current
            ))
            .ToArray();
        var best = TimeSpan.MaxValue;
        var bytes = long.MaxValue;

        // On a busy machine the optimizing compiler, which removes the last allocations, runs late.
        for (var round = 0; round < 20 || (round < MaxRounds && bytes >= MaxBytes); round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            using var payload = MetaPayload.Write(members, Normalizers.BuiltIn);
            best = watch.Elapsed < best ? watch.Elapsed : best;
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - before);
            payload.Rows.ShouldBe(members.Length);
        }

        output.WriteLine($"{members.Length / best.TotalSeconds:N0} members/s, {bytes:N0} bytes allocated per call of {members.Length:N0}");
        bytes.ShouldBeLessThan(MaxBytes);
    }
}
