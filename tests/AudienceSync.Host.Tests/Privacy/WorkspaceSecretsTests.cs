using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Privacy;

public sealed class WorkspaceSecretsTests
{
    [Fact]
    public async Task Hosts_that_start_together_for_the_first_time_have_the_same_secrets()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var ring = new Ring(workspace, 1);

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TextAsync(ring.Secrets, ring.Keys))));

        all.Distinct().ShouldHaveSingleItem().Split(' ').ShouldBeUnique();
        (await TextAsync(ring.Secrets, ring.Keys)).ShouldBe(all[0], "the next start reads them");
        (await workspace.RowsAsync("select name, key_version from wrapped_secrets order by 1")).ShouldBe([
            "alias 1",
            "fingerprint 1",
            "tombstone 1",
        ]);
    }

    [Fact]
    public async Task Each_workspace_has_its_own_secrets_and_those_of_another_open_nothing()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var other = new WorkspaceName("other");
        await new Migrations(workspace.ConnectionString).ApplyAsync([other], default);
        await using var database = new WorkspaceDatabase(workspace.ConnectionString, other);
        var ring = new Ring(workspace, 1);

        (await TextAsync(ring.Secrets, ring.Keys))
            .Split(' ')
            .Intersect((await TextAsync(new SecretStore(database), ring.Keys)).Split(' '))
            .ShouldBeEmpty();
        await workspace.ExecuteAsync(
            "update wrapped_secrets w set cipher = o.cipher from ws_other.wrapped_secrets o where o.name = w.name and w.name = 'alias'"
        );

        var refused = await Should.ThrowAsync<SetupException>(() => TextAsync(ring.Secrets, ring.Keys));
        refused.Code.ShouldBe("secret_damaged");
        refused.Message.ShouldContain("alias");
    }

    [Fact]
    public async Task A_new_master_key_wraps_the_same_secrets_again()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var before = await TextAsync(new Ring(workspace, 1).Secrets, new Ring(workspace, 1).Keys);

        (await TextAsync(new Ring(workspace, 1, 2).Secrets, new Ring(workspace, 1, 2).Keys)).ShouldBe(
            before,
            "they open when a new version exists"
        );
        await new Ring(workspace, 1, 2).RotateAsync();

        (await TextAsync(new Ring(workspace, 2).Secrets, new Ring(workspace, 2).Keys)).ShouldBe(before);
        await Should.ThrowAsync<MasterKeyAbsentException>(() => TextAsync(new Ring(workspace, 1).Secrets, new Ring(workspace, 1).Keys));
    }

    [Fact]
    public async Task A_lost_alias_secret_is_reported_and_not_recreated_once_people_are_known()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var ring = new Ring(workspace, 1);
        await workspace.ExecuteAsync("insert into person_aliases values (md5('a')::uuid, 1, md5('p')::uuid, null, null)");

        var refused = await Should.ThrowAsync<SetupException>(() => TextAsync(ring.Secrets, ring.Keys));

        refused.Code.ShouldBe("secret_damaged");
        (await workspace.RowsAsync("select name from wrapped_secrets order by 1")).ShouldBe(["fingerprint", "tombstone"]);
    }

    private static async Task<string> TextAsync(SecretStore table, MasterKeys keys)
    {
        var secrets = await WorkspaceSecrets.OpenAsync(table, keys, default);
        return $"{Convert.ToHexString(secrets.Alias)} {Convert.ToHexString(secrets.Tombstone)} {Convert.ToHexString(secrets.Fingerprint)}";
    }
}
