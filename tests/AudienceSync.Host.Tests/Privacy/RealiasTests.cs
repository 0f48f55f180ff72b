using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>Aliases and revisions across a new parser version.</summary>
public sealed class RealiasTests
{
    private static readonly PersonId Ann = new(new Guid(1, 2, 3, new byte[8]));

    private static readonly byte[] Salt = new byte[16];

    [Fact]
    public async Task An_older_alias_is_recomputed_from_the_vault_and_leads_to_the_same_person()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        var today = AliasText.Phone("5559876501", "US")!;
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("e1", TestWorkspace.Start, phone: "5559876501"))], default);
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("e2", TestWorkspace.Start, "42"))], default);
        await workspace.ExecuteAsync("update person_aliases set parser = 1");
        var realias = new RealiasStore(workspace.Database, workspace.Vault, workspace.Webhooks.Digester, workspace.Clock);
        (await realias.CountAsync(default)).ShouldBe(1, "a customer id has one form under every version");

        (await realias.RunAsync(default)).ShouldBe(new RealiasResult(Read: 1, Rekeyed: 1, Merged: 0, Conflicts: 0, Left: 0));

        (await realias.RunAsync(default)).ShouldBe(new RealiasResult(0, 0, 0, 0, 0));
        (await workspace.AskAsync<Guid>("select digest from person_aliases where kind = 3")).ShouldBe(
            workspace.Webhooks.Alias(IdentifierKind.Phone, today).Digest.Value
        );
        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("e3", TestWorkspace.Start.AddMinutes(1), phone: today))],
            default
        );
        (await workspace.AskAsync<long>("select count(*) from people where kind = 3")).ShouldBe(1, "the same person under today's form");
    }

    [Fact]
    public async Task An_alias_whose_current_form_belongs_to_another_person_is_left_and_reported()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("e1", TestWorkspace.Start, phone: "5559876501"))], default);
        await workspace.ExecuteAsync("update person_aliases set parser = 1");
        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("e2", TestWorkspace.Start, phone: AliasText.Phone("5559876501", "US")!))],
            default
        );

        var result = await new RealiasStore(workspace.Database, workspace.Vault, workspace.Webhooks.Digester, workspace.Clock).RunAsync(
            default
        );

        result.ShouldBe(new RealiasResult(Read: 1, Rekeyed: 0, Merged: 0, Conflicts: 1, Left: 1));
    }

    [Fact]
    public async Task New_aliases_carry_the_parser_version()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("e1", TestWorkspace.Start, "42", "ann@shop.example"))], default);

        (await workspace.RowsAsync("select distinct parser::text from person_aliases")).ShouldBe([$"{IdentifierReader.ParserVersion}"]);
    }

    [Fact]
    public void An_older_row_opens_with_the_forms_it_was_delivered_under()
    {
        var vault = new Vault(new MasterKeys(new MasterKey(1, TestWorkspace.Secret)));
        var written = new PersonIdentifiers("1", " X@Example ", "861234511", "LT");
        var alias = new Alias(IdentifierKind.Phone, new AliasDigest(new Guid(7, 0, 0, new byte[8])));
        var claim = new IdentifierClaim(alias, "861234511", "LT", HashedFields.None, TestWorkspace.Start);
        var cipher = vault.Seal(Ann, 1, Salt, new IdentifierRevision(new IdentifierClaims("1", [claim], null, null, default), written));

        var opened = vault.Open(Ann, 1, 1, Salt, cipher);

        opened.Identifiers.ShouldBe(
            written with
            {
                CanonicalEmail = "x@example",
                CanonicalPhone = "+861234511",
                Parser = IdentifierReader.OlderParserVersion,
            }
        );
        vault.OpenIdentifiers(Ann, 1, 1, Salt, cipher).ShouldBe(opened.Identifiers);
        opened.Own.Addresses.Single().ShouldBe(claim with { Canonical = "+861234511", Parser = IdentifierReader.OlderParserVersion });
    }

    [Fact]
    public void A_row_keeps_its_forms_however_the_current_parser_reads_its_texts()
    {
        var vault = new Vault(new MasterKeys(new MasterKey(1, TestWorkspace.Secret)));
        var written = new PersonIdentifiers("1", "Ann@Example.com", "861234511", "LT")
        {
            CanonicalEmail = "ann@example.com",
            CanonicalPhone = "+861234511",
            Parser = 1,
        };

        var cipher = vault.Seal(Ann, 1, Salt, new IdentifierRevision(new IdentifierClaims(), written));

        vault.OpenIdentifiers(Ann, 1, 1, Salt, cipher).ShouldBe(written);
        vault.Open(Ann, 1, 1, Salt, cipher).Identifiers.ShouldBe(written);
    }
}
