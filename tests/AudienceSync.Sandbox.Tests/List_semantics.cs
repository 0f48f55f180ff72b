using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class List_semantics
{
    [Fact]
    public async Task Adding_is_union_and_removing_is_difference_and_both_may_be_repeated()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        for (var turn = 0; turn < 2; turn++)
        {
            var added = await sandbox.AddAsync(Email, [Hash("a")], [Hash("b")], [Hash("c")]);
            added.Status.ShouldBe(200);
            added.Json.GetProperty("audience_id").GetString().ShouldBe(RunningSandbox.Audience);
            added.Json.GetProperty("num_received").GetInt32().ShouldBe(3);
            added.Invalid.ShouldBe(0);
        }

        for (var turn = 0; turn < 2; turn++)
        {
            (await sandbox.RemoveAsync(Email, [Hash("b")], [Hash("never there")])).Status.ShouldBe(200);
        }

        (await sandbox.HeldAsync("EMAIL")).ShouldBe(new[] { Hash("a"), Hash("c") }.Order(StringComparer.Ordinal));
        var adds = await sandbox.TotalsAsync("add");
        adds.GetProperty("rows").GetInt64().ShouldBe(6);
        adds.GetProperty("applied").GetInt64().ShouldBe(3);
        adds.GetProperty("max_rows_per_call").GetInt32().ShouldBe(3);
        (await sandbox.TotalsAsync("remove")).GetProperty("removed").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_removal_with_another_normalizer_leaves_an_orphan()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(EmailAndPhone, [Hash("mary@example.com"), Hash("15559876543")]);
        await sandbox.RemoveAsync(EmailAndPhone, [Hash("mary@example.com"), Hash("5559876543")]);
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
        (await sandbox.HeldAsync("PHONE")).ShouldBe([Hash("15559876543")]);
        (await sandbox.PeopleAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task People_are_the_rows_that_last_added_the_digests()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(EmailAndPhone, [Hash("a"), Hash("1")], [Hash("b"), Hash("2")]);
        (await sandbox.PeopleAsync()).ShouldBe(2);
        await sandbox.AddAsync(EmailAndPhone, [Hash("a"), Hash("2")]);
        (await sandbox.PeopleAsync()).ShouldBe(3, "1 alone, b alone, a with 2");
        await sandbox.RemoveAsync(EmailAndPhone, ["", Hash("1")], [Hash("b"), ""]);
        (await sandbox.PeopleAsync()).ShouldBe(1);
        await sandbox.RemoveAsync(EmailAndPhone, [Hash("a"), Hash("2")]);
        (await sandbox.PeopleAsync()).ShouldBe(0);
        await sandbox.AddAsync(EmailAndPhone, [Hash("z"), Hash("9")]);
        (await sandbox.PeopleAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_digest_under_two_keys_is_two_entries_of_the_set()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.AddAsync(EmailAndPhone, [Hash("same"), Hash("same")]);
        await sandbox.RemoveAsync(Email, [Hash("same")]);
        (await sandbox.HeldAsync("PHONE")).ShouldBe([Hash("same")]);
    }

    [Fact]
    public async Task Random_adds_and_removes_match_a_model()
    {
        const int Seed = 20_260_912;
        var random = new Random(Seed);
        var model = new HashSet<string>(StringComparer.Ordinal);
        await using var sandbox = await RunningSandbox.StartAsync();
        for (var call = 0; call < 60; call++)
        {
            var rows = Enumerable.Range(0, random.Next(1, 20)).Select(_ => new object[] { Hash($"{random.Next(80)}") }).ToArray();
            var adding = random.Next(2) == 0;
            await (adding ? sandbox.AddAsync(Email, rows) : sandbox.RemoveAsync(Email, rows));
            foreach (var digest in rows.Select(row => (string)row[0]))
            {
                _ = adding ? model.Add(digest) : model.Remove(digest);
            }
        }

        (await sandbox.HeldAsync("EMAIL")).ShouldBe(model.Order(StringComparer.Ordinal).ToArray(), $"seed {Seed}");
        (await sandbox.PeopleAsync()).ShouldBe(model.Count, $"seed {Seed}");
    }

    [Fact]
    public async Task Parallel_adds_and_removes_end_in_a_consistent_state()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        for (var turn = 0; turn < 10; turn++)
                        {
                            var rows = Enumerable
                                .Range(0, 50)
                                .Select(n => new object[] { Hash($"{worker}-{n}"), Hash($"shared-{n}") })
                                .ToArray();
                            await sandbox.AddAsync(EmailAndPhone, rows);
                            await sandbox.RemoveAsync(EmailAndPhone, rows[25..]);
                        }
                    })
                )
        );
        await sandbox.RemoveAsync(new[] { "PHONE" }, [.. Enumerable.Range(0, 50).Select(n => new object[] { Hash($"shared-{n}") })]);

        (await sandbox.HeldAsync("PHONE")).ShouldBeEmpty();
        (await sandbox.HeldAsync("EMAIL")).Length.ShouldBe(16 * 25);
        (await sandbox.PeopleAsync()).ShouldBe(16 * 25);
        var adds = await sandbox.TotalsAsync("add");
        adds.GetProperty("calls").GetInt64().ShouldBe(160);
        adds.GetProperty("rows").GetInt64().ShouldBe(8_000);
    }

    [Fact]
    public async Task Ten_thousand_rows_per_call_are_all_stored()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var all = new List<string>();
        for (var call = 0; call < 5; call++)
        {
            var rows = Enumerable.Range(0, 10_000).Select(n => new object[] { Hash($"{call}-{n}"), Hash($"phone-{call}-{n}") }).ToArray();
            (await sandbox.AddAsync(EmailAndPhone, rows)).Invalid.ShouldBe(0);
            all.AddRange(rows.Select(row => (string)row[0]));
        }

        (await sandbox.PeopleAsync()).ShouldBe(50_000);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe(all.Order(StringComparer.Ordinal));
    }
}
