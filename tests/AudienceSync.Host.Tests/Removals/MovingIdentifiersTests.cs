using System.Globalization;
using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Sync;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Removals;

/// <summary>
/// People who share identifiers of every kind, and whose identifiers move from one person to another, are added, removed, suppressed,
/// denied and erased while calls fail, are lost and are executed late. At the end each list holds exactly the identifiers of the people who
/// should be there. <c>AUDIENCESYNC_MOVING_SEEDS</c> is the number of seeds, <c>AUDIENCESYNC_MOVING_SEED</c> selects a single one.
/// </summary>
public sealed class MovingIdentifiersTests(ITestOutputHelper output)
{
    private const int Seeds = 6;
    private const double Trouble = 0.35;
    private const int Parts = 3;
    private const int Steps = 15;

    private static readonly Platform[] Platforms = [Platform.Webhook, Platform.TikTok, Platform.Meta, Platform.Google];

    [Fact]
    public async Task Whatever_identifiers_are_shared_or_move_every_list_holds_exactly_those_of_its_members()
    {
        var (first, count) = (
            Number("AUDIENCESYNC_MOVING_SEED") ?? 0,
            Number("AUDIENCESYNC_MOVING_SEED") is null ? Number("AUDIENCESYNC_MOVING_SEEDS") ?? Seeds : 1
        );
        var failed = new List<int>();
        for (var seed = first; seed < first + count; seed++)
        {
            var failure = await PlayAsync(seed);
            output.WriteLine($"seed {seed} {failure}");
            if (failure is not null)
            {
                failed.Add(seed);
            }
        }

        failed.ShouldBeEmpty("run a single seed with AUDIENCESYNC_MOVING_SEED");
    }

    private static async Task<string?> PlayAsync(int seed)
    {
        var random = new Random(seed);
        var trace = new List<string>();
        await using var stage = await ListStage.OpenAsync();
        var lists = Platforms
            .Select(platform => new ListedPlatform(platform, stage.Workspace.Clock, new Random(seed * 31 + (int)platform))
            {
                Trace = trace,
            })
            .ToList();
        foreach (var list in lists)
        {
            await stage.BindAsync(list.Platform.ToString(), "1001", list);
        }

        var erasures = new List<Guid>();
        try
        {
            for (var part = 0; part < Parts; part++)
            {
                lists.ForEach(list => list.Trouble = Trouble);
                for (var step = 0; step < Steps; step++)
                {
                    trace.Add(await ChangeAsync(stage, random, erasures));
                    await WorkAsync(stage, random, erasures);
                }

                await RestAsync(stage, lists, erasures);
                if (await DifferenceAsync(stage, lists) is { Length: > 0 } difference)
                {
                    return $"{difference}\n{string.Join('\n', trace)}\n{await RowsAsync(stage)}";
                }
            }

            return null;
        }
        catch (Exception failure) when (failure is Xunit.Sdk.IAssertionException or ShouldAssertException)
        {
            return $"{failure.Message}\n{string.Join('\n', trace)}\n{await RowsAsync(stage)}";
        }
    }

    private static async Task<string> ChangeAsync(ListStage stage, Random random, List<Guid> erasures)
    {
        var person = RandomPerson(random);
        var what = random.Next(40) == 0 ? 19 : random.Next(19);
        switch (what)
        {
            case < 11:
                await stage.AddAsync(person with { Details = RandomDetails(random) });
                break;
            case < 15:
                await stage.RemoveAsync(person);
                break;
            case 15:
                await stage.SuppressAsync(person);
                break;
            case 16:
                await stage.LiftAsync(person);
                break;
            case 17:
                await stage.WithdrawAsync(person);
                break;
            case 18:
                await stage.GrantAsync(person);
                break;
            default:
                if (await stage.EraseAsync(person) is { } erasure && !erasures.Contains(erasure))
                {
                    erasures.Add(erasure);
                }

                break;
        }

        return $"{stage.Workspace.Clock.GetUtcNow():dd HH:mm:ss} "
            + $"{(what < 11 ? "add" : what < 15 ? "remove" : what < 19 ? "permission" : "erase")} "
            + $"{person.CustomerId} {person.Email} {person.Phone}";
    }

    private static async Task WorkAsync(ListStage stage, Random random, List<Guid> erasures)
    {
        foreach (var account in stage.Accounts.Values.Where(_ => random.Next(3) == 0))
        {
            await account.RoundsAsync();
        }

        stage.Workspace.Clock.Advance(TimeSpan.FromSeconds(random.Next(4) == 0 ? random.Next(1_500) : random.Next(30)));
        if (random.Next(4) == 0)
        {
            await EndAsync(stage, erasures);
        }
    }

    // The faults have ended; an operator has retried what was refused.
    private static async Task RestAsync(ListStage stage, List<ListedPlatform> lists, List<Guid> erasures)
    {
        lists.ForEach(list => list.Trouble = 0);
        await stage.SettleAsync();
        foreach (var account in stage.Accounts.Keys)
        {
            await new BindingStore(stage.Workspace.Database).RetryRefusedAsync(account, default);
        }

        await stage.SettleAsync();
        await EndAsync(stage, erasures);
        erasures.ShouldBeEmpty("every erasure ends once no list has the person any more");
        await stage.SettleAsync();
        lists.ForEach(list => list.Settle());
    }

    private static async Task EndAsync(ListStage stage, List<Guid> erasures)
    {
        foreach (var erasure in erasures.ToList())
        {
            if (await stage.TryEndAsync(erasure))
            {
                erasures.Remove(erasure);
            }
        }
    }

    private static async Task<string> DifferenceAsync(ListStage stage, List<ListedPlatform> lists)
    {
        var people = await stage.WantedAsync();
        var differences = new List<string>();
        foreach (var list in lists)
        {
            var wanted = people.SelectMany(person => ListedPlatform.CellsOf(list.Platform, person)).ToHashSet(StringComparer.Ordinal);
            differences.AddRange(
                list.Held.Except(wanted).Select(cell => $"{list.Platform} holds {cell}, which belongs to nobody who should be there")
            );
            differences.AddRange(wanted.Except(list.Held).Select(cell => $"{list.Platform} lacks {cell}"));
        }

        return string.Join('\n', differences);
    }

    private static async Task<string> RowsAsync(ListStage stage) =>
        string.Join(
            '\n',
            await stage.Workspace.RowsAsync(
                """
                select b.destination, l.person, 'status', l.status, 'revision', l.revision, l.reason, l.redeliver, m.state, p.revision
                from ledger l join bindings b using (binding_id) left join membership m on m.person = l.person
                  left join people p on p.person = l.person order by 1, 2
                """
            )
        );

    private static PersonIdentifiers RandomPerson(Random random)
    {
        var customer = random.Next(6) == 0 ? null : $"c{random.Next(6)}";
        var email = customer is null || random.Next(3) > 0 ? $"e{random.Next(5)}@shop.example" : null;
        return new PersonIdentifiers(customer, email, random.Next(2) == 0 ? $"+1657777000{random.Next(5)}" : null, "US");
    }

    private static PersonDetails? RandomDetails(Random random)
    {
        var place = random.Next(2);
        return random.Next(8) switch
        {
            0 => null,
            1 => new PersonDetails { DeviceId = Device(random) },
            2 => PlaceOf(place),
            _ => PlaceOf(place) with { DeviceId = Device(random) },
        };
    }

    private static PersonDetails PlaceOf(int place) =>
        new()
        {
            FirstName = $"first{place}",
            LastName = $"last{place}",
            PostalCode = $"1000{place}",
            Country = "US",
        };

    private static string Device(Random random) => $"00000000-0000-4000-8000-00000000000{random.Next(2)}";

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
