using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>
/// Whatever changes and whatever fails: when faults stop, the remote audience equals the desired set, and only our own members were removed
/// from it.
/// </summary>
public sealed class ConvergenceTests
{
    private const int Seeds = 120;

    private const int People = 14;

    // Left out are refusals that only an operator's retry repairs.
    private static readonly PlatformFault[] Faults =
    [
        .. Enum.GetValues<PlatformFault>().Except([PlatformFault.CallRefused, PlatformFault.Unnamed, PlatformFault.FirstRefused]),
    ];

    private static readonly PlatformFault[] RemovalFaults = [.. Faults, PlatformFault.Unnamed];

    [Fact]
    public async Task A_remote_audience_becomes_what_is_desired_after_any_faults()
    {
        await using var workspace = await TestWorkspace.CreateAsync(new TimeSpan?[Seeds]);
        var setup = new MemberSetup(workspace);
        var people = await setup.AddPersonAsync(People);
        for (var seed = 0; seed < Seeds; seed++)
        {
            await RunAsync(workspace, setup, people, seed);
        }
    }

    private static async Task RunAsync(TestWorkspace workspace, MemberSetup setup, List<PersonId> people, int seed)
    {
        var random = new Random(seed);
        var platform = new ScriptedPlatform(membersPerCall: random.Next(1, 8))
        {
            Fault = call =>
                random.Next(2) == 1 ? PlatformFault.None
                : call.Operation == MemberOperation.Add ? Faults[random.Next(Faults.Length)]
                : RemovalFaults[random.Next(RemovalFaults.Length)],
        };
        var stage = await SyncStage.CreateAsync(workspace, setup, platform, seed, $"d{seed}");
        for (var step = 0; step < 8; step++)
        {
            await ChangeAsync(setup, people, stage.KeyId, random);
            await TryRoundAsync(stage);
        }

        platform.Fault = _ => PlatformFault.None;
        await stage.SettleAsync();

        stage.ShouldBeInSync($"seed {seed}");
        (await stage.LedgerAsync())
            .Count(row => row.StartsWith("2 ", StringComparison.Ordinal))
            .ShouldBe(platform.Members.Count, $"seed {seed}");
        var calls = platform.Calls.Count;
        await stage.SettleAsync();
        platform.Calls.Count.ShouldBe(calls, $"nothing is sent when nothing changed, seed {seed}");
    }

    private static async Task ChangeAsync(MemberSetup setup, List<PersonId> people, int keyId, Random random)
    {
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var person = people[random.Next(people.Count)];
            if (random.Next(4) == 0)
            {
                var kind = random.Next(8) switch
                {
                    0 => "refused",
                    1 => "fails",
                    _ => "plain",
                };
                await setup.ReidentifyAsync(person, $"{kind}{random.Next(1_000_000)}@shop.example");
            }
            else
            {
                await setup.SetAsync(keyId, random.Next(5) < 3, person);
            }
        }
    }

    // A crash is a canceled call: the next owner has only the state in the tables.
    private static async Task TryRoundAsync(SyncStage stage)
    {
        try
        {
            await stage.RoundAsync();
        }
        catch (OperationCanceledException)
        {
            await stage.DieAsync();
        }

        await stage.ResumeAsync();
    }
}
