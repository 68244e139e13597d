using k8s.Models;

namespace WsCluster.Tests.Unit.Deploy;

/// <summary>The manifests are what Kubernetes takes, and fit together.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> PodNames => [.. Manifests.Pods.Keys];

    [Fact]
    public void EveryFile_FollowsTheSchema()
    {
        Assert.Equal(["wscluster-gateway", "wscluster-redis", "wscluster-silo"], Manifests.Pods.Keys.Order());
        Assert.All(Manifests.All, o => Assert.False(string.IsNullOrEmpty(o.Metadata.Name)));
    }

    [Theory]
    [InlineData("readinessProbe:", "readinesProbe:")]
    [InlineData("terminationGracePeriodSeconds: 120", "terminationGracePeriodSeconds: soon")]
    [InlineData("kind: PodDisruptionBudget", "kind: PodDisruptionBudgets")]
    public void FileThatBreaksTheSchema_IsRefused(string right, string wrong)
    {
        var yaml = File.ReadAllText(Path.Combine(Manifests.Folder, "base", "gateway.yaml"));
        Assert.Contains(right, yaml, StringComparison.Ordinal);

        Assert.ThrowsAny<Exception>(() => Manifests.Load(yaml.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryFile_IsNamedByAKustomization()
    {
        var named = Directory.GetFiles(Manifests.Folder, "kustomization.yaml", SearchOption.AllDirectories).SelectMany(Manifests.Resources).ToList();
        Assert.All(named, path => Assert.True(Path.Exists(path), $"{path} is named but not there."));

        string[] others = ["kustomization.yaml", "connections.yaml", "adapter-rule.yaml"];
        var files = Directory.GetFiles(Manifests.Folder, "*.yaml", SearchOption.AllDirectories).Where(file => !others.Contains(Path.GetFileName(file)));
        Assert.Equal(files.Order(), Manifests.Files.Distinct().Order());
    }

    [Theory, MemberData(nameof(PodNames))]
    public void Pod_HasNoRightsItDoesNotNeed(string name)
    {
        var pod = Manifests.Pods[name].Spec;

        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.All(pod.Containers, container =>
        {
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        });
    }

    [Theory, MemberData(nameof(PodNames))]
    public void Pod_IsProbedAndBounded(string name) => Assert.All(Manifests.Pods[name].Spec.Containers, container =>
    {
        var ports = container.Ports.Select(port => port.Name).ToHashSet();
        Assert.All(
            new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe },
            probe => Assert.True(probe.Exec is not null || ports.Contains(probe.HttpGet?.Port.Value ?? probe.TcpSocket.Port.Value)));
        Assert.True(container.Resources.Limits.ContainsKey("memory"));
        Assert.True(container.Resources.Requests.ContainsKey("cpu"));
        Assert.Equal(container.VolumeMounts.Select(mount => mount.Name).Except(Claims(name)).Order(), (Manifests.Pods[name].Spec.Volumes ?? []).Select(volume => volume.Name).Order());
    });

    [Fact]
    public void Probes_AskWhatProcessesAnswer()
    {
        foreach (var container in new[] { "wscluster-gateway", "wscluster-silo" }.Select(name => Manifests.Pods[name].Spec.Containers.Single()))
        {
            Assert.Equal("/health/live", container.StartupProbe.HttpGet.Path);
            Assert.Equal("/health/ready", container.ReadinessProbe.HttpGet.Path);
            Assert.Equal("/health/live", container.LivenessProbe.HttpGet.Path);
        }
    }

    [Fact]
    public void Selectors_FindPodsAndPorts()
    {
        Assert.All(Manifests.Of<V1Service>(), service =>
        {
            var pod = PodWith(service.Spec.Selector);
            Assert.Subset(pod.Spec.Containers.SelectMany(c => c.Ports).Select(p => p.Name).ToHashSet(), service.Spec.Ports.Select(p => p.TargetPort.Value).ToHashSet());
        });
        Assert.All(Manifests.Of<V1Deployment>(), d => Assert.Same(d.Spec.Template, PodWith(d.Spec.Selector.MatchLabels)));
        Assert.All(Manifests.Of<V1StatefulSet>(), s =>
        {
            Assert.Same(s.Spec.Template, PodWith(s.Spec.Selector.MatchLabels));
            Assert.Equal("None", Manifests.Named<V1Service>(s.Spec.ServiceName).Spec.ClusterIP);
        });
        Assert.All(Manifests.Of<V1PodDisruptionBudget>(), budget => PodWith(budget.Spec.Selector.MatchLabels));
        Assert.All(Manifests.Of<V1NetworkPolicy>(), policy =>
        {
            var pod = PodWith(policy.Spec.PodSelector.MatchLabels);
            Assert.Subset(
                pod.Spec.Containers.SelectMany(c => c.Ports).Select(p => p.Name).ToHashSet(),
                policy.Spec.Ingress.SelectMany(rule => rule.Ports).Select(p => p.Port.Value).ToHashSet());
        });
        Assert.All(Manifests.Of<V2HorizontalPodAutoscaler>(), scaler => Manifests.Named<V1Deployment>(scaler.Spec.ScaleTargetRef.Name));
        Assert.All(
            Manifests.Of<V1Ingress>().SelectMany(ingress => ingress.Spec.Rules).SelectMany(rule => rule.Http.Paths).Select(path => path.Backend.Service),
            backend => Assert.Contains(backend.Port.Name, Manifests.Named<V1Service>(backend.Name).Spec.Ports.Select(port => port.Name)));
    }

    [Fact]
    public void Silo_SaysItsAddress()
    {
        var silo = Manifests.Pods["wscluster-silo"].Spec.Containers.Single();

        Assert.Equal("status.podIP", silo.Env.Single(variable => variable.Name == "POD_IP").ValueFrom.FieldRef.FieldPath);
        Assert.Equal("$(POD_IP)", silo.Env.Single(variable => variable.Name == "WsCluster__Silo__AdvertisedAddress").Value);
    }

    [Fact]
    public void Redis_KeepsWhatItAnswers()
    {
        var arguments = string.Join(' ', Manifests.Pods["wscluster-redis"].Spec.Containers.Single().Args);

        Assert.Contains("--appendonly yes", arguments, StringComparison.Ordinal);
        Assert.Contains("--appendfsync always", arguments, StringComparison.Ordinal);
        Assert.Contains("--maxmemory-policy noeviction", arguments, StringComparison.Ordinal);
        Assert.Single(Manifests.Named<V1StatefulSet>("wscluster-redis").Spec.VolumeClaimTemplates);
    }

    private static IEnumerable<string> Claims(string name) => Manifests.Of<V1StatefulSet>()
        .Where(set => set.Metadata.Name == name)
        .SelectMany(set => set.Spec.VolumeClaimTemplates ?? [])
        .Select(claim => claim.Metadata.Name);

    private static V1PodTemplateSpec PodWith(IDictionary<string, string> labels)
    {
        Assert.NotEmpty(labels);
        return Manifests.Pods.Values.Single(pod => labels.All(label => pod.Metadata.Labels.Contains(label)));
    }
}
