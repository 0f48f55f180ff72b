using System.Text.Json;
using AudienceSync.Host.EventStore.Embedded;

namespace AudienceSync.Host.Tests.Postgres;

/// <summary>What a Docker engine is asked for; none is needed.</summary>
public sealed class ContainerPostgresTests
{
    [Fact]
    public void The_image_is_the_one_of_the_compose_file() =>
        File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docker-compose.yml")).ShouldContain($"image: {ContainerPostgres.Image}\n");

    [Fact]
    public async Task A_container_of_the_image_is_created_with_the_settings_of_the_private_cluster()
    {
        await using var docker = await FakeDocker.StartAsync();
        await using var container = ContainerPostgres.Builder().WithDockerEndpoint(docker.Endpoint).WithCleanUp(cleanUp: false).Build();

        (await Should.ThrowAsync<Exception>(() => container.StartAsync())).Message.ShouldContain("this engine is not real");

        var created = docker.Created.ShouldHaveSingleItem();
        created.GetProperty("Image").GetString().ShouldBe(ContainerPostgres.Image);
        created.GetProperty("HostConfig").GetProperty("ShmSize").GetInt64().ShouldBeGreaterThan(64 << 20);
        Texts(created, "Env").ShouldContain($"POSTGRES_USER={ClusterMaker.Role}");
        Texts(created, "Env").ShouldContain($"POSTGRES_DB={ClusterMaker.Database}");
        Texts(created, "Cmd").ShouldAllBe(argument => argument == "-c" || argument.Contains('='));
        string[] settings =
        [
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "shared_buffers=64MB",
            "max_connections=300",
            "jit=off",
            "timezone=UTC",
        ];
        settings.Except(Texts(created, "Cmd")).ShouldBeEmpty();
    }

    [Fact]
    public void Every_setting_of_the_private_cluster_is_passed_except_those_of_its_folder()
    {
        var passed = ContainerPostgres.Arguments().Where(argument => argument != "-c").Select(argument => argument.Split('=')[0]).ToList();
        var all = ServerSettings
            .Text(LocalPostgres.Options("/d"), "/s", hasLz4: true, memoryBytes: 1L << 32)
            .Split('\n')
            .Where(line => line.Contains(" = ") && !line.StartsWith('#'))
            .Select(line => line.Split(' ')[0])
            .ToList();

        passed.ShouldBeUnique();
        all.Except(passed)
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                "listen_addresses",
                "log_directory",
                "log_filename",
                "log_rotation_age",
                "log_rotation_size",
                "log_truncate_on_rotation",
                "logging_collector",
                "port",
                "unix_socket_directories",
                "unix_socket_permissions",
            ]);
    }

    private static List<string> Texts(JsonElement created, string field) =>
        [.. created.GetProperty(field).EnumerateArray().Select(text => text.GetString()!)];
}
