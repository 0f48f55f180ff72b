namespace AudienceSync.Host.Tests;

/// <summary>The folder that holds AudienceSync.sln.</summary>
internal static class RepositoryRoot
{
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AudienceSync.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No AudienceSync.sln above {AppContext.BaseDirectory}.");
    }
}
